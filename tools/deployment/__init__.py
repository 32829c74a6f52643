"""`make check-deployment`: serverless.yml through Tencent's own deployment library, and each request checked."""

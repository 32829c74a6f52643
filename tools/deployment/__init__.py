"""`make check-deployment`: runs serverless.yml through Tencent's own deployment library, and checks each request."""

locals {
  appid = data.tencentcloud_user_info.account.app_id
}

# The state and, under credentials/, the secrets. The bucket must never be versioned, not even for a while: on a bucket that
# ever was versioned, COS ignores the header that forbids overwriting, and create-only writes silently overwrite.
resource "tencentcloud_cos_bucket" "state" {
  bucket               = "im-access-${local.appid}"
  acl                  = "private"
  encryption_algorithm = "AES256"

  # The longest link lives 12 hours. There is no rule for requests, the ledger and dead letters: they make a replay safe.
  lifecycle_rules {
    id            = "credentials"
    filter_prefix = "credentials/"

    expiration {
      days = 1
    }
  }
}

# The code is kept apart from the secrets, because SCF's own role reads this bucket.
resource "tencentcloud_cos_bucket" "code" {
  bucket               = "im-access-code-${local.appid}"
  acl                  = "private"
  encryption_algorithm = "AES256"
}

# A new package is a new object, so that Terraform notices a change of the code. The provider deletes the older object: to
# roll back, build the package of the older commit again.
resource "tencentcloud_cos_bucket_object" "package" {
  bucket = tencentcloud_cos_bucket.code.bucket
  key    = "im-access-${filesha256(var.package)}.zip"
  source = var.package
}

# One partition is the fastest (docs/performance.md). Kept longer than a batch is retried: 4320 minutes are 3 days.
resource "tencentcloud_ckafka_topic" "commands" {
  count         = local.queue ? 1 : 0
  instance_id   = var.ckafka_instance
  topic_name    = "im-access"
  partition_num = 1
  replica_num   = var.ckafka_replicas
  retention     = 7 * 24 * 3600 * 1000
}

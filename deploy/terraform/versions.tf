# The same deployment as serverless.yml, for accounts that cannot use the component. Credentials of the deployer come
# from the provider's own variables (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
terraform {
  required_version = ">= 1.3"
  required_providers {
    tencentcloud = {
      source  = "tencentcloudstack/tencentcloud"
      version = ">= 1.82.56" # tencentcloud_scf_trigger
    }
  }
}

provider "tencentcloud" {
  region = var.region
}

data "tencentcloud_user_info" "account" {}

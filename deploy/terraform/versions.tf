# The same deployment as serverless.yml, for accounts that cannot use the component. Credentials of the deployer come
# from the provider's own variables (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
terraform {
  required_version = ">= 1.3"
  required_providers {
    tencentcloud = {
      source = "tencentcloudstack/tencentcloud"
      # 1.83.16 is the first release with tencentcloud_scf_trigger, and refuses a trigger_name for type http as all later
      # ones do. The next major one may change arguments.
      version = ">= 1.83.16, < 2"
    }
  }
}

provider "tencentcloud" {
  region = var.region
}

data "tencentcloud_user_info" "account" {}

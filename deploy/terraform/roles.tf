# Each function's role may do only what docs/security/<function>.json says.
resource "tencentcloud_cam_role" "function" {
  for_each    = local.functions
  name        = "im-access-${replace(each.key, "_", "-")}"
  description = "Execution role of im-access ${each.key}"
  document = jsonencode({
    version = "2.0"
    statement = [{
      effect    = "allow"
      action    = ["name/sts:AssumeRole"]
      principal = { service = ["scf.qcloud.com"] }
    }]
  })
}

resource "tencentcloud_cam_policy" "function" {
  for_each    = local.functions
  name        = "im-access-${replace(each.key, "_", "-")}"
  description = "What im-access ${each.key} may do"
  document = templatefile("${path.module}/../../docs/security/${each.key}.json", {
    region = var.region
    appid  = local.appid
    bucket = tencentcloud_cos_bucket.state.bucket
  })
}

resource "tencentcloud_cam_role_policy_attachment" "function" {
  for_each  = local.functions
  role_id   = tencentcloud_cam_role.function[each.key].id
  policy_id = tencentcloud_cam_policy.function[each.key].id
}

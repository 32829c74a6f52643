# The settings below are those of serverless.yml; a test compares the two.
locals {
  # A description may hold letters, digits, spaces, commas and periods, so no hyphen.
  functions = {
    create_user         = "Create a user, attach its policies, deliver its credentials"
    grant_policy        = "Attach policies to an existing user"
    revoke_policy       = "Detach policies from a user"
    offboard_user       = "Close a user at once, and have it deleted after a grace"
    restore_user        = "Reopen a user who was offboarded, with fresh credentials"
    reissue_credentials = "Give a user a fresh password and key"
    claim_credentials   = "The page on which a person claims their credentials, once"
    hr_events           = "Take the events of HR systems, and do what they mean"
    sweep               = "Warn of credentials that nobody has picked up, or close them"
    scim                = "SCIM for identity providers"
  }
  commands = toset(["create_user", "grant_policy", "revoke_policy", "offboard_user", "restore_user", "reissue_credentials"])
  queue    = var.ckafka_instance != null && var.ckafka_instance != ""

  # Settings that hold a secret, and the functions that use it: `python -m tools.secrets` writes the file.
  secrets = jsondecode(file("${path.module}/../secrets.json"))

  # SCF accepts no empty variable.
  environment = { for name, value in merge({
    IM_ACCESS_BUCKET          = tencentcloud_cos_bucket.state.bucket
    IM_ACCESS_REGION          = var.region
    IM_ACCESS_WEBHOOK_SECRETS = join(" ", var.webhook_secrets)
    IM_ACCESS_NOTIFY_URL      = var.notify_url
    IM_ACCESS_NOTIFY_SECRET   = var.notify_secret
    IM_ACCESS_ANSWER_LINK     = "no"
  }, var.settings) : name => value if value != "" }
}

# The time to initialise is the platform's default here, 65 seconds: the provider has no argument for it.
resource "tencentcloud_scf_function" "function" {
  for_each    = local.functions
  name        = "im-access-${each.key}"
  description = each.value
  namespace   = "default"
  func_type   = "Event"
  runtime     = "Python3.10"
  handler     = "${each.key}.main_handler"
  mem_size    = each.key == "hr_events" ? 512 : 128
  timeout     = each.key == "sweep" ? 300 : 30
  role        = tencentcloud_cam_role.function[each.key].name
  environment = { for name, value in local.environment : name => value if contains(lookup(local.secrets, name, [each.key]), each.key) }

  cos_bucket_name   = tencentcloud_cos_bucket.code.bucket
  cos_bucket_region = var.region
  cos_object_name   = tencentcloud_cos_bucket_object.package.key

  cls_logset_id = tencentcloud_cls_logset.functions.id
  cls_topic_id  = tencentcloud_cls_topic.functions.id

  enable_public_net = true
  vpc_id            = var.vpc == null ? null : var.vpc.vpc_id
  subnet_id         = var.vpc == null ? null : var.vpc.subnet_id

  depends_on = [tencentcloud_cam_role_policy_attachment.function]
}

# Without a trigger_name: the provider sets the only possible name of a trigger of type http, and refuses any other.
resource "tencentcloud_scf_trigger" "http" {
  for_each      = setunion(local.commands, ["claim_credentials", "scim", "hr_events"])
  function_name = tencentcloud_scf_function.function[each.key].name
  namespace     = "default"
  type          = "http"
  qualifier     = "$DEFAULT"
  enable        = "OPEN"
  trigger_desc = jsonencode({
    AuthType   = "NONE"
    NetConfig  = { EnableIntranet = false, EnableExtranet = true }
    CorsConfig = { Enable = false }
  })
}

resource "tencentcloud_scf_trigger" "timer" {
  function_name = tencentcloud_scf_function.function["sweep"].name
  namespace     = "default"
  trigger_name  = "sweep"
  type          = "timer"
  qualifier     = "$DEFAULT"
  enable        = "OPEN"
  trigger_desc  = "0 */5 * * * * *"
}

resource "tencentcloud_scf_trigger" "ckafka" {
  for_each      = local.queue ? setunion(local.commands, ["hr_events"]) : toset([])
  function_name = tencentcloud_scf_function.function[each.key].name
  namespace     = "default"
  trigger_name  = "${var.ckafka_instance}-${tencentcloud_ckafka_topic.commands[0].topic_name}"
  type          = "ckafka"
  qualifier     = "$DEFAULT"
  enable        = "OPEN"
  trigger_desc  = jsonencode({ maxMsgNum = 50, offset = "earliest", retry = 4320, timeOut = 5, consumerGroupName = "" })
}

# The name of a trigger of type cos is the bucket's address.
resource "tencentcloud_scf_trigger" "cos" {
  function_name = tencentcloud_scf_function.function["hr_events"].name
  namespace     = "default"
  trigger_name  = "${tencentcloud_cos_bucket.state.bucket}.cos.${var.region}.myqcloud.com"
  type          = "cos"
  qualifier     = "$DEFAULT"
  enable        = "OPEN"
  trigger_desc  = jsonencode({ event = "cos:ObjectCreated:*", filter = { Prefix = "inbox/", Suffix = "" } })
}

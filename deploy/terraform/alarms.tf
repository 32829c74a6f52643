# The alarms of docs/operations.md, from the file that the page and the doctor also read. Without a receiver there are no
# alarms.
locals {
  webhook  = nonsensitive(var.alarm_webhook != null)
  notified = length(var.alarm_uins) > 0 || local.webhook
  alarms   = local.notified ? { for row in jsondecode(file("${path.module}/../../docs/alarms.json")) : row.name => row } : {}
}

resource "tencentcloud_cls_alarm_notice" "operators" {
  count = local.notified ? 1 : 0
  name  = "im-access"
  type  = "All"

  dynamic "notice_receivers" {
    for_each = length(var.alarm_uins) > 0 ? [1] : []
    content {
      receiver_type     = "Uin"
      receiver_ids      = var.alarm_uins
      receiver_channels = ["Email", "Sms"]
      start_time        = "00:00:00"
      end_time          = "23:59:59"
    }
  }

  dynamic "web_callbacks" {
    for_each = local.webhook ? [1] : []
    content {
      callback_type = "WeCom"
      url           = var.alarm_webhook
    }
  }
}

# Evaluated every so many minutes over the same number of minutes; repeated after an hour if the condition still holds.
resource "tencentcloud_cls_alarm" "alarm" {
  for_each         = local.alarms
  name             = each.key
  alarm_notice_ids = [tencentcloud_cls_alarm_notice.operators[0].id]
  alarm_period     = 60
  condition        = each.value.condition
  trigger_count    = 1
  status           = true

  alarm_targets {
    logset_id         = tencentcloud_cls_logset.functions.id
    topic_id          = tencentcloud_cls_topic.functions.id
    query             = each.value.query
    number            = 1
    start_time_offset = -each.value.minutes
    end_time_offset   = 0
    syntax_rule       = 1
  }

  monitor_time {
    type = "Period"
    time = each.value.minutes
  }

  depends_on = [tencentcloud_cls_index.functions]
}

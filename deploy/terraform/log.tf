# A line of the functions is one JSON object, which SCF takes apart into fields (docs/operations.md). `request_id:req_...`
# finds a line only where the topic has a key-value index of that field, and a topic of one's own comes without any:
# https://cloud.tencent.com/document/product/858/18032
locals {
  delimiters = "@&?|#()='\",;:<>[]{}/ \n\t\r\\"

  log_fields = merge(
    { for name in local.log_texts : name => "text" },
    { for name in local.log_numbers : name => "long" },
    { SCF_MemUsage = "double" },
  )
  log_texts = [
    "code", "command", "detail", "event", "exception", "function", "level", "outcome", "replayed", "request_id", "result",
    "timestamp", "user", "version",
    # The platform's own: https://cloud.tencent.com/document/product/583/60336
    "SCF_Alias", "SCF_FunctionName", "SCF_Level", "SCF_Message", "SCF_Namespace", "SCF_Qualifier", "SCF_RequestId",
    "SCF_Type",
  ]
  log_numbers = [
    "calls", "milliseconds", "status", "throttled",
    # What the sweep measures
    "done", "drift", "ended", "failed", "inbox_oldest_seconds", "inbox_waiting", "left", "letters_new", "letters_oldest_seconds",
    "letters_waiting", "offboards_waiting", "outbox_oldest_seconds", "outbox_waiting", "requests_oldest_seconds", "requests_waiting",
    "scim_oldest_seconds", "scim_waiting", "throttled_percent", "unclaimed",
    "SCF_Duration", "SCF_LogTime", "SCF_RetryNum", "SCF_StartTime", "SCF_StatusCode",
  ]
}

resource "tencentcloud_cls_logset" "functions" {
  logset_name = "im-access"
}

resource "tencentcloud_cls_topic" "functions" {
  topic_name = "im-access"
  logset_id  = tencentcloud_cls_logset.functions.id
  period     = 30
}

resource "tencentcloud_cls_index" "functions" {
  topic_id = tencentcloud_cls_topic.functions.id

  rule {
    full_text {
      case_sensitive = false
      tokenizer      = local.delimiters
      contain_z_h    = true
    }

    key_value {
      case_sensitive = false

      dynamic "key_values" {
        for_each = local.log_fields
        content {
          key = key_values.key
          value {
            type      = key_values.value
            tokenizer = key_values.value == "text" ? local.delimiters : null
            sql_flag  = true
          }
        }
      }
    }
  }
}

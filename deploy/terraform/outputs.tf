output "bucket" {
  description = "Where the state and the credentials files are"
  value       = tencentcloud_cos_bucket.state.bucket
}

output "topic" {
  description = "Where commands may be sent as CloudEvents; null without a queue"
  value       = one(tencentcloud_ckafka_topic.commands[*].topic_name)
}

output "triggers" {
  description = "What SCF says of each function's URL; the console shows the URL itself among the triggers"
  value       = { for name, trigger in tencentcloud_scf_trigger.http : name => trigger.trigger_attribute }
}

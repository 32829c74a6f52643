output "bucket" {
  description = "Where the state and the credentials files are"
  value       = tencentcloud_cos_bucket.state.bucket
}

output "topic" {
  description = "Where commands may be sent as CloudEvents"
  value       = tencentcloud_ckafka_topic.commands.topic_name
}

output "triggers" {
  description = "The triggers of each function; the console and `ListTriggers` show the URL of the http one"
  value       = { for name, function in tencentcloud_scf_function.function : name => function.trigger_info }
}

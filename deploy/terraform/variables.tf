variable "region" {
  description = "Where everything lives, such as ap-guangzhou"
  type        = string
}

variable "package" {
  description = "The zip that `make package` writes"
  type        = string
  default     = "../../dist/im-access.zip"
}

variable "webhook_secrets" {
  description = "whsec_ secrets of the HTTP callers; any may match"
  type        = list(string)
  sensitive   = true
}

variable "notify_url" {
  description = "Where finished commands are POSTed; a created user's link travels in it alone, unless settings say more"
  type        = string
  default     = ""
}

variable "notify_secret" {
  description = "The whsec_ secret that signs notifications; needed with notify_url"
  type        = string
  default     = ""
  sensitive   = true
}

variable "ckafka_instance" {
  description = "The CKafka instance, ckafka-..., in the region; without it there is no queue: neither topic nor triggers"
  type        = string
  default     = null
}

variable "ckafka_replicas" {
  description = "Replicas of the topic; what the instance allows"
  type        = number
  default     = 2
}

variable "vpc" {
  description = "The VPC and subnet of the CKafka instance, where the functions have to be in the same"
  type        = object({ vpc_id = string, subnet_id = string })
  default     = null
}

variable "alarm_uins" {
  description = "UINs of the users who are told of alarms, by mail and short message"
  type        = list(number)
  default     = []
}

variable "alarm_webhook" {
  description = "The URL of a WeCom group robot that is told of alarms"
  type        = string
  default     = null
  sensitive   = true
}

variable "dashboard" {
  description = "The language of the dashboard's titles, en or zh; none for no dashboard"
  type        = string
  default     = "en"

  validation {
    condition     = contains(["en", "zh", "none"], var.dashboard)
    error_message = "dashboard is en, zh or none."
  }
}

variable "settings" {
  description = "Further settings of the functions, IM_ACCESS_..."
  type        = map(string)
  default     = {}

  # The triggers are public URLs (AuthType NONE): with `platform` nobody would authenticate their callers.
  validation {
    condition     = lower(trimspace(lookup(var.settings, "IM_ACCESS_HTTP_AUTH", "signature"))) == "signature"
    error_message = "IM_ACCESS_HTTP_AUTH can only be signature here: the URLs of these functions are public."
  }
}

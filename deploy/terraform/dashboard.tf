# The dashboard of docs/operations.md, from the file that the page also reads. Tencent does not document the format of a
# dashboard's data; this is the format of its own deployment tool (serverless-tencent/tencent-component-toolkit,
# src/modules/cls/dashboard.ts), with that tool's numbers for regions. In any other region the dashboard is made by hand.
locals {
  region_numbers = {
    ap-guangzhou     = 1
    ap-shanghai      = 4
    ap-hongkong      = 5
    ap-beijing       = 8
    ap-singapore     = 9
    na-siliconvalley = 15
    ap-chengdu       = 16
    eu-frankfurt     = 17
    ap-seoul         = 18
    ap-chongqing     = 19
    ap-mumbai        = 21
    na-ashburn       = 22
    ap-tokyo         = 25
    ap-nanjing       = 33
    ap-jakarta       = 72
    sa-saopaulo      = 74
  }
  charts = jsondecode(file("${path.module}/../../docs/dashboard.json"))
}

resource "tencentcloud_cls_dashboard" "functions" {
  count          = var.dashboard != "none" && contains(keys(local.region_numbers), var.region) ? 1 : 0
  dashboard_name = "im-access"

  data = jsonencode({
    panels = [for place, chart in local.charts : {
      id      = "chart-${uuidv5("url", chart.en)}"
      title   = chart[var.dashboard]
      type    = chart.type
      gridPos = { x = 0, y = 8 * place, w = 12, h = 8 }
      target = {
        RegionId  = local.region_numbers[var.region]
        LogsetId  = tencentcloud_cls_logset.functions.id
        TopicId   = tencentcloud_cls_topic.functions.id
        Query     = chart.query
        ChartAxis = merge({ xAxisKey = "t", yAxisKey = "n" }, { for key in compact([chart.by]) : "aggregateKey" => key })
      }
    }]
  })

  # Changes that somebody makes in the console are kept.
  lifecycle {
    ignore_changes = [data]
  }

  depends_on = [tencentcloud_cls_index.functions]
}

# Readings from meters go through a stream, are kept, and raise alarms.

locals {
  trust = {
    for service in ["lambda", "states", "events"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "${service}.amazonaws.com" }
      }]
    })
  }
}

resource "aws_kinesis_stream" "readings" {
  name             = "readings"
  shard_count      = 4
  retention_period = 24
}

resource "aws_iam_role" "ingest" {
  name               = "ingest"
  assume_role_policy = local.trust["lambda"]
}

resource "aws_iam_role_policy" "ingest" {
  role   = aws_iam_role.ingest.name
  policy = data.aws_iam_policy_document.ingest.json
}

data "aws_iam_policy_document" "ingest" {
  dynamic "statement" {
    for_each = {
      "dynamodb:PutItem"        = aws_dynamodb_table.readings.arn
      "dynamodb:BatchWriteItem" = aws_dynamodb_table.readings.arn
      "events:PutEvents"        = aws_cloudwatch_event_bus.alarms.arn
    }

    content {
      actions   = [statement.key]
      resources = [statement.value]
    }
  }

  statement {
    actions   = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"]
    resources = [aws_kinesis_stream.readings.arn]
  }
}

resource "aws_lambda_function" "ingest" {
  function_name = "ingest"
  role          = aws_iam_role.ingest.arn
  runtime       = "nodejs22.x"
  handler       = "ingest.handler"
  filename      = "build/ingest.zip"
  memory_size   = 512
  timeout       = 30

  environment {
    variables = {
      READINGS_TABLE = aws_dynamodb_table.readings.name
      ALARM_BUS      = aws_cloudwatch_event_bus.alarms.name
    }
  }
}

resource "aws_lambda_event_source_mapping" "readings" {
  function_name          = aws_lambda_function.ingest.function_name
  event_source_arn       = aws_kinesis_stream.readings.arn
  starting_position      = "LATEST"
  batch_size             = 100
  parallelization_factor = 4
}

resource "aws_dynamodb_table" "readings" {
  name           = "readings"
  billing_mode   = "PROVISIONED"
  hash_key       = "meter"
  read_capacity  = 200
  write_capacity = 1500

  attribute {
    name = "meter"
    type = "S"
  }
}

resource "aws_cloudwatch_event_bus" "alarms" {
  name = "alarms"
}

resource "aws_cloudwatch_event_rule" "alarm" {
  name           = "alarm"
  event_bus_name = aws_cloudwatch_event_bus.alarms.name
  event_pattern  = jsonencode({ "detail-type" = ["alarm"] })
}

resource "aws_iam_role" "events" {
  name               = "events"
  assume_role_policy = local.trust["events"]
}

resource "aws_cloudwatch_event_target" "alarm" {
  rule           = aws_cloudwatch_event_rule.alarm.name
  event_bus_name = aws_cloudwatch_event_bus.alarms.name
  arn            = aws_sfn_state_machine.handle_alarm.arn
  role_arn       = aws_iam_role.events.arn
}

resource "aws_iam_role" "machine" {
  name               = "machine"
  assume_role_policy = local.trust["states"]
}

resource "aws_iam_role_policy" "machine" {
  role = aws_iam_role.machine.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = aws_lambda_function.classify.arn
      },
      {
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = aws_sns_topic.alarms.arn
      },
    ]
  })
}

resource "aws_sfn_state_machine" "handle_alarm" {
  name     = "handle-alarm"
  type     = "STANDARD"
  role_arn = aws_iam_role.machine.arn

  definition = templatefile("${path.module}/handle-alarm.asl.json", {
    classify = aws_lambda_function.classify.arn
    alarms   = aws_sns_topic.alarms.arn
  })
}

resource "aws_iam_role" "classify" {
  name               = "classify"
  assume_role_policy = local.trust["lambda"]
}

resource "aws_lambda_function" "classify" {
  function_name = "classify"
  role          = aws_iam_role.classify.arn
  runtime       = "nodejs22.x"
  handler       = "classify.handler"
  filename      = "build/classify.zip"
  memory_size   = 512
  timeout       = 30
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

variable "name" { type = string }
variable "memory" { type = number }
variable "timeout" { type = number }
variable "api_id" { type = string }
variable "routes" { type = set(string) }
variable "policies" { type = list(string) }
variable "variables" { type = map(string) }

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = var.policies
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.all.json
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  handler       = "${var.name}.handler"
  filename      = "build/${var.name}.zip"
  memory_size   = var.memory
  timeout       = var.timeout

  environment {
    variables = var.variables
  }
}

resource "aws_apigatewayv2_integration" "this" {
  api_id                 = var.api_id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.this.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  for_each = var.routes

  api_id    = var.api_id
  route_key = each.value
  target    = "integrations/${aws_apigatewayv2_integration.this.id}"
}

output "function_arn" {
  value = aws_lambda_function.this.arn
}

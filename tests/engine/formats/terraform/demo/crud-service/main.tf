# A small service that keeps notes.

locals {
  routes = ["GET /notes", "GET /notes/{id}", "PUT /notes/{id}", "DELETE /notes/{id}"]
}

module "notes" {
  source = "./modules/function"

  name     = "notes"
  memory   = 256
  timeout  = 5
  api_id   = aws_apigatewayv2_api.notes.id
  routes   = toset(local.routes)
  policies = [data.aws_iam_policy_document.table.json]

  variables = {
    NOTES_TABLE = aws_dynamodb_table.notes.name
  }
}

resource "aws_apigatewayv2_api" "notes" {
  name          = "notes"
  protocol_type = "HTTP"
}

data "aws_iam_policy_document" "table" {
  statement {
    actions = [
      "dynamodb:GetItem",
      "dynamodb:DeleteItem",
      "dynamodb:PutItem",
      "dynamodb:Scan",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:BatchGetItem",
    ]
    resources = [aws_dynamodb_table.notes.arn, "${aws_dynamodb_table.notes.arn}/index/*"]
  }
}

resource "aws_dynamodb_table" "notes" {
  name           = "notes"
  billing_mode   = "PROVISIONED"
  hash_key       = "id"
  read_capacity  = 50
  write_capacity = 25

  attribute {
    name = "id"
    type = "S"
  }
}

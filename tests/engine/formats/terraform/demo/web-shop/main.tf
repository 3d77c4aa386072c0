# A web shop. Pages from CloudFront, an HTTP API, orders in PostgreSQL, mails by a queue.

variable "database_class" {
  type    = string
  default = "db.t4g.medium"
}

variable "mailer_concurrency" {
  type    = number
  default = 10
}

locals {
  runtime = "python3.13"
}

resource "aws_cloudfront_distribution" "storefront" {
  enabled = true

  origin {
    origin_id   = "api"
    domain_name = replace(aws_apigatewayv2_api.shop.api_endpoint, "https://", "")

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  origin {
    origin_id   = "assets"
    domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
  }

  default_cache_behavior {
    target_origin_id       = "api"
    viewer_protocol_policy = "redirect-to-https"
    cache_policy_id        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    allowed_methods        = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods         = ["GET", "HEAD"]
  }

  ordered_cache_behavior {
    path_pattern           = "/assets/*"
    target_origin_id       = "assets"
    viewer_protocol_policy = "redirect-to-https"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_s3_bucket" "assets" {}

resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "shop" {
  api_id      = aws_apigatewayv2_api.shop.id
  name        = "$default"
  auto_deploy = true
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# The catalogue reads products.

resource "aws_iam_role" "catalog" {
  name               = "catalog"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "catalog" {
  role = aws_iam_role.catalog.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem"]
      Resource = [
        aws_dynamodb_table.products.arn,
        "${aws_dynamodb_table.products.arn}/index/*",
      ]
    }]
  })
}

resource "aws_lambda_function" "catalog" {
  function_name = "catalog"
  role          = aws_iam_role.catalog.arn
  runtime       = local.runtime
  handler       = "catalog.handler"
  filename      = "build/catalog.zip"
  timeout       = 10
  memory_size   = 1024

  environment {
    variables = {
      PRODUCTS_TABLE = aws_dynamodb_table.products.name
    }
  }
}

resource "aws_lambda_permission" "catalog" {
  function_name = aws_lambda_function.catalog.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.shop.execution_arn}/*/*"
}

resource "aws_apigatewayv2_integration" "catalog" {
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.catalog.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "products" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "GET /products/{id}"
  target    = "integrations/${aws_apigatewayv2_integration.catalog.id}"
}

# The checkout keeps orders and asks for a mail.

resource "aws_iam_role" "checkout" {
  name               = "checkout"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "checkout" {
  statement {
    actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
    resources = [aws_sqs_queue.mails.arn]
  }
}

resource "aws_iam_policy" "checkout" {
  name   = "checkout"
  policy = data.aws_iam_policy_document.checkout.json
}

resource "aws_iam_role_policy_attachment" "checkout" {
  role       = aws_iam_role.checkout.name
  policy_arn = aws_iam_policy.checkout.arn
}

resource "aws_lambda_function" "checkout" {
  function_name = "checkout"
  role          = aws_iam_role.checkout.arn
  runtime       = local.runtime
  handler       = "checkout.handler"
  filename      = "build/checkout.zip"
  timeout       = 10
  memory_size   = 1024

  vpc_config {
    subnet_ids         = ["subnet-a", "subnet-b"]
    security_group_ids = ["sg-a"]
  }

  environment {
    variables = {
      DATABASE_HOST = aws_db_instance.orders.address
      MAILS_QUEUE   = aws_sqs_queue.mails.url
    }
  }
}

resource "aws_lambda_permission" "checkout" {
  function_name = aws_lambda_function.checkout.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.shop.execution_arn}/*/*"
}

resource "aws_apigatewayv2_integration" "checkout" {
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.checkout.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.checkout.id}"
}

resource "aws_sqs_queue" "mails" {
  visibility_timeout_seconds = 60

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.lost_mails.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "lost_mails" {}

# The mailer takes mails from the queue and keeps receipts.

resource "aws_iam_role" "mailer" {
  name               = "mailer"
  assume_role_policy = data.aws_iam_policy_document.lambda.json

  inline_policy {
    name   = "receipts"
    policy = <<-EOT
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": "${aws_s3_bucket.receipts.arn}/*"
          },
          {
            "Effect": "Allow",
            "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            "Resource": "${aws_sqs_queue.mails.arn}"
          }
        ]
      }
    EOT
  }
}

resource "aws_lambda_function" "mailer" {
  function_name                  = "mailer"
  role                           = aws_iam_role.mailer.arn
  runtime                        = local.runtime
  handler                        = "mailer.handler"
  filename                       = "build/mailer.zip"
  timeout                        = 10
  memory_size                    = 1024
  reserved_concurrent_executions = var.mailer_concurrency

  environment {
    variables = {
      RECEIPTS_BUCKET = aws_s3_bucket.receipts.bucket
    }
  }
}

resource "aws_lambda_event_source_mapping" "mails" {
  function_name    = aws_lambda_function.mailer.arn
  event_source_arn = aws_sqs_queue.mails.arn
  batch_size       = 10
}

resource "aws_s3_bucket" "receipts" {}

resource "aws_dynamodb_table" "products" {
  name         = "products"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_db_instance" "orders" {
  engine                      = "postgres"
  instance_class              = var.database_class
  allocated_storage           = 100
  storage_type                = "gp3"
  multi_az                    = true
  username                    = "shop"
  manage_master_user_password = true
}

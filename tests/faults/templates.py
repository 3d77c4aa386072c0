"""Templates to upload: small ones, large ones, and one that takes a while to forecast."""

from __future__ import annotations

import io
import random
import zipfile

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
QUEUE = "  Orders{n}:\n    Type: AWS::SQS::Queue\n"
WORK = """  Code{n}:
    Type: AWS::Lambda::Function
    Properties:
      {{Runtime: python3.13, Handler: a.b, MemorySize: 512, Role: r, Code: {{ZipFile: x}}}}
  Reads{n}:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Code{n}
      EventSourceArn: !GetAtt Orders{n}.Arn
"""
# What a form takes, with its other fields. [B]
LARGEST = 4_990_000


def small() -> bytes:
    return (HEAD + QUEUE.format(n=1) + WORK.format(n=1)).encode()


def long_to_forecast(count: int = 8) -> bytes:
    return (HEAD + "".join(QUEUE.format(n=n) + WORK.format(n=n) for n in range(count))).encode()


def large(seed: int) -> bytes:
    """Return a zip of 5 MB: a template with code beside it, which cannot be made smaller."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("template.yaml", small())
        archive.writestr("code.bin", random.Random(seed).randbytes(LARGEST - 2_000))
    return file.getvalue()

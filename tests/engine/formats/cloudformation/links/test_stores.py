"""Databases with proxies and secrets, files, and what has no model."""

from __future__ import annotations

from tests.engine.formats.templates import pairs, read

DATABASE = """
    Resources:
      Db:
        Type: AWS::RDS::DBInstance
        Properties:
          Engine: mysql
          MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'
      Secret: {Type: 'AWS::SecretsManager::Secret'}
      F:
        Type: AWS::Serverless::Function
        Properties:
          Policies: [AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref Secret}]
"""
PROXY = """
      Proxy: {Type: 'AWS::RDS::DBProxy', Properties: {DBProxyName: front, EngineFamily: MYSQL}}
      Group:
        Type: AWS::RDS::DBProxyTargetGroup
        Properties: {DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Db]}
"""


def test_who_has_the_secret_calls_the_database() -> None:
    assert pairs(read(DATABASE)) == {("F", "Db"), ("F", "Secret")}


def test_who_has_the_secret_calls_by_the_proxy_where_there_is_one() -> None:
    assert pairs(read(DATABASE + PROXY)) == {("F", "Proxy"), ("Proxy", "Db"), ("F", "Secret")}


def test_a_secret_is_attached_to_its_database() -> None:
    attached = DATABASE.replace("{{resolve:secretsmanager:${Secret}:SecretString:password}}", "x")
    attached += """
      Attached:
        Type: AWS::SecretsManager::SecretTargetAttachment
        Properties: {SecretId: !Ref Secret, TargetId: !Ref Db}
"""

    assert ("F", "Db") in pairs(read(attached))


def test_a_function_in_the_same_network_calls_nothing_by_that() -> None:
    design = read(
        """
        Resources:
          Group: {Type: 'AWS::EC2::SecurityGroup'}
          Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: mysql, VPCSecurityGroups: [a]}}
          F:
            Type: AWS::Serverless::Function
            Properties: {VpcConfig: {SecurityGroupIds: [!Ref Group], SubnetIds: [a]}}
        """
    )

    assert not design.links
    assert design.component("F").settings["is_in_vpc"] is True


def test_a_data_api_is_called_by_its_policy() -> None:
    design = read(
        """
        Resources:
          Db: {Type: 'AWS::RDS::DBCluster', Properties: {Engine: aurora-mysql}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - Action: rds-data:ExecuteStatement
                      Resource: !Sub 'arn:aws:rds:${AWS::Region}:1:cluster:${Db}'
        """
    )

    assert pairs(design) == {("F", "Db")}


def test_a_mounted_file_system_is_called() -> None:
    design = read(
        """
        Resources:
          Files: {Type: 'AWS::EFS::FileSystem'}
          Point: {Type: 'AWS::EFS::AccessPoint', Properties: {FileSystemId: !Ref Files}}
          F:
            Type: AWS::Lambda::Function
            Properties: {FileSystemConfigs: [{Arn: !GetAtt Point.Arn, LocalMountPath: /mnt/a}]}
        """
    )

    assert pairs(design) == {("F", "Files")}


def test_what_has_no_model_still_stands_on_the_path() -> None:
    design = read(
        """
        Resources:
          Stock: {Type: 'AWS::DynamoDB::Table'}
          Copy:
            Type: AWS::OSIS::Pipeline
            Properties: {PipelineConfigurationBody: !Sub 'from: ${Stock.Arn} to: ${Search.Id}'}
          Search: {Type: 'AWS::Neptune::DBCluster'}
        """
    )

    assert pairs(design) == {("Copy", "Stock"), ("Copy", "Search")}
    assert [c.id for c in design.not_modelled()] == ["Copy", "Search"]

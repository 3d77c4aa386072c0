"""Databases with proxies and secrets, files, and what has no model."""

from __future__ import annotations

from tests.engine.formats.templates import doors, pairs, read

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


def test_a_cache_of_tables_reads_what_it_misses_and_passes_writes_on() -> None:
    design = read(
        """
        Resources:
          Fn:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - {Effect: Allow, Action: ['dax:GetItem'], Resource: !GetAtt Dax.Arn}
          Dax:
            Type: AWS::DAX::Cluster
            Properties: {NodeType: dax.t3.small, IAMRoleARN: !GetAtt Role.Arn}
          Role:
            Type: AWS::IAM::Role
            Properties:
              Policies:
                - PolicyDocument:
                    Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: !GetAtt One.Arn}]
          One: {Type: 'AWS::DynamoDB::Table'}
          Two: {Type: 'AWS::DynamoDB::Table'}
        """
    )

    assert doors(design) == {
        ("Fn", "Dax", "read", "sync"),
        ("Dax", "One", "read", "sync"),
        ("Dax", "One", "write", "sync"),
    }


def test_documents_count_their_instances_and_tell_of_changes() -> None:
    design = read(
        """
        Resources:
          Docs: {Type: 'AWS::DocDB::DBCluster'}
          A:
            Type: AWS::DocDB::DBInstance
            Properties: {DBClusterIdentifier: !Ref Docs, DBInstanceClass: db.r6g.xlarge}
          B:
            Type: AWS::DocDB::DBInstance
            Properties: {DBClusterIdentifier: !Ref Docs, DBInstanceClass: db.r6g.xlarge}
          Fn: {Type: 'AWS::Lambda::Function'}
          Map:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !Ref Docs, FunctionName: !Ref Fn, BatchSize: 20}
        """
    )

    assert design.component("Docs").settings == {"instance_class": "db.r6g.xlarge", "readers": 1}
    assert ("Docs", "Fn", "invoke", "stream") in doors(design)


def test_a_keyspace_and_a_job_flow_are_called_by_their_verbs() -> None:
    design = read(
        """
        Resources:
          Fn:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - {Effect: Allow, Action: 'cassandra:Select', Resource: '*'}
                    - {Effect: Allow, Action: 'elasticmapreduce:AddJobFlowSteps', Resource: '*'}
          Rows: {Type: 'AWS::Cassandra::Table'}
          Jobs: {Type: 'AWS::EMR::Cluster', Properties: {Applications: [{Name: Spark}]}}
        """
    )

    assert doors(design) == {("Fn", "Rows", "read", "sync"), ("Fn", "Jobs", "submit", "sync")}
    assert design.component("Jobs").settings == {"has_hbase": False}

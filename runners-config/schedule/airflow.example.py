"""Airflow: what came since the last run, every hour, on a Spark or a Flink cluster.

The launcher is the driver: --spark-master and --flink-master send the work to the cluster, with the
cluster jar that the script builds (see README, Runners). To hand the driver over too, submit the same
jar: spark-submit or flink run with the class org.anabranch.launcher.Main and the arguments below.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator

RUN = (
    "/opt/anabranch/anabranch run customer-360 --mode=micro-batch --until-caught-up"
    " --if-running=skip --log=json --config=/etc/anabranch/run.yaml"
    " --bootstrap-servers=broker:9092 --topics='/shop\\..*/' --warehouse=/warehouse"
)

with DAG(
    dag_id="customer_360",
    schedule="17 * * * *",
    start_date=datetime(2026, 1, 1),
    # Missed runs need no runs of their own: the next one reads everything since the last.
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
):
    BashOperator(
        task_id="catch_up",
        bash_command=RUN + " --runner=spark --spark-master=spark://spark:7077",
        # BashOperator asks with SIGTERM: the batch under way is finished.
        execution_timeout=timedelta(hours=2),
    )

# The same pipeline as a batch over a range of the topics: a backfill beside the running job, by hand:
# airflow dags trigger customer_360_backfill --conf '{"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}'
with DAG(
    dag_id="customer_360_backfill",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    max_active_runs=1,
):
    BashOperator(
        task_id="backfill",
        bash_command=(
            "/opt/anabranch/anabranch run customer-360 --mode=batch --log=json"
            " --from={{ dag_run.conf['from'] }} --to={{ dag_run.conf['to'] }}"
            " --job=backfill --config=/etc/anabranch/run.yaml --bootstrap-servers=broker:9092"
            " --topics='/shop\\..*/' --warehouse=/warehouse"
            " --runner=spark --spark-master=spark://spark:7077"
        ),
    )

#!/usr/bin/env bash
# Brings the tables up to date: reads what came since the last run that was committed, then ends.
# Runs that were missed are caught up by the next one. Safe to start at any time: while another run
# of the job is under way, on any machine, this one does nothing.
#
#   crontab -e:   17 * * * *  /opt/anabranch/runners-config/schedule/catch-up.sh >>/var/log/anabranch.log 2>&1
set -euo pipefail

HOME_OF_ANABRANCH="${ANABRANCH_HOME:-$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"

exec "$HOME_OF_ANABRANCH/anabranch" run "${ANABRANCH_PIPELINE:-customer-360}" \
  --runner="${ANABRANCH_RUNNER:-direct}" \
  --mode=micro-batch --until-caught-up \
  --if-running=skip \
  --log=json \
  --bootstrap-servers="${ANABRANCH_BROKERS:?set ANABRANCH_BROKERS to HOST:PORT[,...]}" \
  --topics="${ANABRANCH_TOPICS:?set ANABRANCH_TOPICS to the topics, or a pattern such as /shop\\..*/}" \
  --warehouse="${ANABRANCH_WAREHOUSE:?set ANABRANCH_WAREHOUSE to the directory of the tables}" \
  "$@"

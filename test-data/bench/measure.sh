# What the benchmarks measure of a process; read by them, not run.

# Writes the largest peak resident size (KiB) of a process below this one to a file, until killed.
# The kernel keeps the peak, so the pause only hides growth in a process's last moments.
watch_memory() {
  local file="$1" largest=0 stat line pid rest ancestor name kib
  while :; do
    local -A parents=()
    for stat in /proc/[0-9]*/stat; do
      line=""
      { read -r line <"$stat"; } 2>/dev/null || continue
      rest="${line##*) }"
      rest="${rest#* }"
      parents["${line%% *}"]="${rest%% *}"
    done

    for pid in "${!parents[@]}"; do
      ancestor="${parents[$pid]}"
      while [ "$ancestor" != "$$" ] && [ "$ancestor" -gt 1 ]; do
        ancestor="${parents[$ancestor]:-0}"
      done

      [ "$ancestor" = "$$" ] || continue
      while read -r name kib rest; do
        if [ "$name" = VmHWM: ] && [ "$kib" -gt "$largest" ]; then
          largest="$kib"
          printf '%s\n' "$largest" >"$file"
        fi
      done <"/proc/$pid/status" || true
    done 2>/dev/null

    sleep 0.5
  done
}

watcher=""
stop_watching() {
  if [ -n "$watcher" ]; then
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    watcher=""
  fi
}
trap stop_watching EXIT

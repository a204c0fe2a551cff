#!/bin/bash
# Starts the model's server, waits until it is healthy, then answers RunPod's jobs. When either ends, so does this, and
# RunPod starts another worker.
#   RECTO_TASK     classify or extract
#   MODEL          what the server loads: a name on the hub, or a folder of the network volume
#   MODEL_SERVER   the command before the model's name; anything that speaks OpenAI's chat completions
#   MODEL_ARGS     what comes behind it
#   MODEL_SECONDS  how long loading may take
set -euo pipefail

: "${RECTO_TASK:?classify or extract}" "${MODEL:?the model that the server loads}"
port="${MODEL_PORT:-8001}"
read -r -a server <<<"${MODEL_SERVER:-vllm serve}"
read -r -a more <<<"${MODEL_ARGS:-}"

# Our own engines stand behind the model: a job is answered even where it says nothing usable.
export RECTO_CLASSIFY='["model", "layout", "rules"]' RECTO_EXTRACT='["model", "layoutlm", "rules"]'
RECTO_ENGINES="$(printf '{"model": {"engine": "chat", "base_url": "http://127.0.0.1:%s/v1", "model": "%s"}}' "$port" "$MODEL")"
export RECTO_ENGINES

"${server[@]}" "$MODEL" --host 127.0.0.1 --port "$port" "${more[@]}" &
model=$!
trap 'kill "$model" ${door:+"$door"} 2>/dev/null || true' EXIT TERM INT

end=$((SECONDS + ${MODEL_SECONDS:-900}))
until curl --fail --silent --max-time 5 --output /dev/null "http://127.0.0.1:$port/health"; do
    if ! kill -0 "$model" 2>/dev/null; then
        echo "the model's server ended before it was ready" >&2
        exit 1
    fi
    if ((SECONDS >= end)); then
        echo "the model's server was not ready in time" >&2
        exit 1
    fi
    sleep 1
done

python -m recto.doors.runpod "$RECTO_TASK" "$@" &
door=$!
wait -n "$model" "$door"

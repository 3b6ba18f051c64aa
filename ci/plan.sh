#!/usr/bin/env bash
# What the GitHub Action and the GitLab template run: one simulation, all reports, the exit code of the gate. Everything comes in by
# environment variables, so that nothing of a pull request is ever part of a command.
set -euo pipefail

# A command with its arguments; the action's own when none is given.
if [ -n "${SLUICE_COMMAND:-}" ]; then
  read -ra sluice <<< "$SLUICE_COMMAND"
else
  sluice=(node "$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/dist/sluice.cjs")
fi
reports="${SLUICE_REPORTS:-sluice}"
more=()
while IFS= read -r argument; do
  if [ -n "$argument" ]; then more+=("$argument"); fi
done <<< "${SLUICE_ARGUMENTS:-}"
if [ -n "${SLUICE_CACHE:-}" ]; then
  more+=(--cache "$SLUICE_CACHE")
  if [ "${SLUICE_CACHE_READ_ONLY:-}" = true ] || [ "${SLUICE_FORK:-}" = true ]; then more+=(--cache-read-only); fi
fi
gate=(
  --fail-on "${SLUICE_FAIL_ON:-risk}"
  --report "markdown=$reports/plan.md"
  --report "sarif=$reports/plan.sarif"
  --report "junit=$reports/plan.xml"
  --report "json=$reports/plan.json"
)
mkdir -p "$reports"

if [ -n "${SLUICE_MERGE:-}" ]; then
  "${sluice[@]}" merge "$SLUICE_MERGE" "${gate[@]}"
  exit
fi
states=(diff "${SLUICE_FOLDER:-.}" --to "${SLUICE_TO:-HEAD}")
if [ -n "${SLUICE_CONTEXT:-}" ]; then
  states+=(--context "$SLUICE_CONTEXT")
else
  states+=(--from "${SLUICE_FROM:-merge-base:origin/main}")
fi
if [ -n "${SLUICE_SHARD:-}" ]; then
  "${sluice[@]}" "${states[@]}" ${more[@]+"${more[@]}"} --shard "$SLUICE_SHARD" > "$reports/part-${SLUICE_SHARD%%/*}.json"
else
  "${sluice[@]}" "${states[@]}" ${more[@]+"${more[@]}"} "${gate[@]}"
fi

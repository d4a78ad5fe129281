#!/usr/bin/env bash
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run the targets twice, inside Ansible and with the modules shipped, and compare the results. What each target expects
# holds both ways; the comparison is about all the rest.
set -euo pipefail

targets=(${TARGETS:-vacd_api_token kazoo_user_auth webitel_login ipcortex_token dialer_session bad_input http options})
# More words are for ansible-playbook; from ansible-test come -v and the like
export ARGUMENTS="$*"
export ANSIBLE_ROLES_PATH=..
export PYTHON=${ANSIBLE_TEST_PYTHON_INTERPRETER:-$(command -v python)}

run() {
  local way=$1 target=$2 directory=$OUTPUT_DIR/$2/$1
  mkdir -p "$directory"
  export RESULTS=$directory/results STARTED=$directory/started
  if [[ $target == options ]]; then
    # Seen by all of Ansible, whichever way. Of the invocation, this target gets what is the default of ansible-core.
    export DIALER_USERNAME=nobody DIALER_PASSWORD='not-the-&password%' DIALER_RETRIES=0 DIALER_PROXY=''
    export DIALER_API_URL=http://127.0.0.1:9/a IPCORTEX_TIMEOUT=soon KAZOO_API_URL=https://pbx.example.com KAZOO_RETRIES=9 WEBITEL_CA_PATH=/no/such/file
  else
    export ANSIBLE_INJECT_INVOCATION=true
  fi
  local start=$SECONDS
  # shellcheck disable=SC2086
  ansible-playbook play.yml -i localhost, -c local -e ansible_python_interpreter="$PWD/../setup_simulators/files/python" \
    -e way="$way" -e target="$target" -e output_dir="$directory" $ARGUMENTS >"$directory/log" 2>&1 || {
    cat "$directory/log"
    return 255  # xargs starts no more
  }
  echo "$target, $way: $((SECONDS - start)) seconds"
}
export -f run

# Two at a time, the slow ones first
for way in shipped inside; do
  printf "$way %s\n" "${targets[@]}"
done | xargs -P 2 -L 1 bash -c 'run $0 $1'
"$PYTHON" compare.py "$OUTPUT_DIR"

#!/usr/bin/env bash
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Show the collection at work, with the Python that `make demo` prepared. Whatever happens, story.py ends what it started.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python -u tests/demo/story.py "$@"

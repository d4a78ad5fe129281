# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # What is true of all modules, and what the attributes mean
    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: A task for the controller itself runs inside of Ansible, in a few milliseconds, instead of in a Python process of its own.
    support: full
    details:
      - This needs a local connection, no C(become), no C(environment) and no C(async), and Requests must be importable by the Python that
        runs Ansible. Otherwise the module is sent to the host and started there, as any other module.
      - Both ways do the same and give the same result. A task that runs inside of Ansible does not use C(ansible_python_interpreter), and the
        items of a loop share a connection.
  async:
    description: Supports being used with the C(async) keyword.
    support: partial
    details:
      - Not for a task that would return secrets, since Ansible would keep them in a file and show them. It fails at once. Use C(path).
  check_mode:
    description: Can run in check mode, and then predicts whether it would change something, without doing so.
    support: full
    details:
      - No request that makes or ends a token is sent.
  diff_mode:
    description: Tells in diff mode what has changed, or in check mode would change.
    support: full
    details:
      - Tokens appear as fingerprints only.
  idempotent:
    description:
      - A second run with the same options, outside check mode, changes nothing.
      - This is so unless somebody else has changed the token in between, or it has expired.
  platform:
    description: The kinds of hosts that the module can run on.
    support: full
    platforms: posix
"""

    # Of the modules whose options are those of an API
    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/telephony.auth.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - telephony.auth.all
"""

# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # The file that keeps the record of a token.
    DOCUMENTATION = r"""
options:
  path:
    description:
      - File that keeps the record of the token between runs, on the host that runs the module. It is written when a token is made or
        first seen, and removed with O(state=absent). Directories that are missing are made, with mode V(0700).
      - It is JSON. The token is in its field C(token); what else is in there may grow with new versions of the collection.
      - While a token is being made, the file says so, even when there is no other token yet. The next run finds that there if this
        one is killed.
      - A second run with the same O(path) waits for the first one, at most for O(retry_timeout). The lock is the file beside it whose
        name is that of O(path) with a dot before and C(.lock) behind. On a network file system, this works where locks do.
      - It is replaced as a whole and can never be read by others, not even for a moment. A new token is made only after it has been
        proved that the file can be written.
      - It is an error, and leaves the file as it is, if the file holds anything but a record, holds the record of another user or
        O(api_url), is a symbolic link, or has more permissions than O(mode).
      - Mutually exclusive with O(record).
    type: path
  owner:
    description:
      - Name or number of the user that is to own the file at O(path).
      - By default an existing file keeps its owner as far as the system allows, and a new one belongs to the user who runs the module.
    type: str
  group:
    description:
      - Name or number of the group that is to own the file at O(path).
      - By default an existing file keeps its group as far as the system allows, and a new one gets the one that the system gives it.
    type: str
  mode:
    description:
      - Permissions of the file at O(path), as a quoted octal number such as V('0640'). They must let the owner read and write, and let
        nobody execute.
      - A file with fewer permissions is given these. One with more is an error, because others may know the token by now.
    type: str
    default: '0600'
"""

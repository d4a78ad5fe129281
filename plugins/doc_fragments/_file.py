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
        first seen, and removed with O(state=absent).
      - On the controller, this is short for O(store) with the type V(file).
      - A relative path starts in the directory of the playbook. On another host, give an absolute one. Directories that are missing are made,
        with mode 0700.
      - The file is JSON. The guide I(Where tokens are kept) of the documentation describes its fields.
      - While a token is being made, the file says so, even if there is no other token yet. If this run is killed, the next one finds that there.
      - A second run with the same O(path) waits for the first one, at most for O(retry_timeout). The lock is the file beside it whose
        name is that of O(path) with a dot before and C(.lock) behind. On a network file system, this works where locks do.
      - The file is replaced as a whole and can never be read by others, not even for a moment. Before a new token is made, the module makes
        sure that the file can be written.
      - The module fails and leaves the file as it is, if it holds anything but a record, holds the record of another user or
        O(api_url), is a symbolic link, or has more permissions than O(mode).
      - Mutually exclusive with O(store) and O(record).
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
        nobody execute. Without it, they are V('0600').
      - A file with fewer permissions is given these. One with more is an error, because others may know the token by now.
    type: str
"""

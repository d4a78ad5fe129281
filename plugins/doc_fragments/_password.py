# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # The password of an API user, and where a generated one is kept. Used together with _store, for the suboptions.
    DOCUMENTATION = r"""
options:
  user_password:
    description:
      - The password of the user O(name).
      - A new user needs one. Without it, give O(path) or O(store), and a password is generated.
      - Mutually exclusive with O(path) and O(store).
    type: str
  update_password:
    description:
      - V(on_create) sets the password of a new user only.
      - V(always) sets it in each run, and reports a change each time, as no vendor tells a password. With O(path) or O(store), it generates
        a new one each time.
    type: str
    choices:
      - on_create
      - always
    default: on_create
  password_length:
    description:
      - How many characters a generated password has, from V(12) to V(128). They are letters, digits and C(-._~), with each of the four kinds of
        characters at least once.
    type: int
    default: 32
  return_password:
    description:
      - Whether the result has the password in RV(password). Such a result is hidden from the screen and from logs.
    type: bool
    default: false
  path:
    description:
      - File that keeps a generated password, on the host that runs the module. On the controller, this is short for O(store) with the type V(file).
      - A relative path starts in the directory of the playbook. On another host, give an absolute one. Directories that are missing are made,
        with mode 0700.
      - The file is JSON. C(username) and C(password) in it are for those who log in. The rest is a record such as the token modules write, with the
        password in the place of the token. It must not be the O(path) of a token.
      - The password is on record, as pending, before the vendor hears of it. If the run is killed or a reply is lost, the next run finds the
        user by its name, and sets the password on record once more.
      - For a user that exists already, nothing is on record. With O(update_password=always), a password is generated for it, too.
      - With O(state=absent), the file is removed.
      - A second run with the same O(path) waits for the first one, at most for O(retry_timeout). The file is replaced as a whole, and can
        never be read by others.
      - Mutually exclusive with O(store) and O(user_password).
    type: path
  store:
    description:
      - Where a generated password is kept, if it is not a file that O(path) says. Its suboptions depend on O(store.type).
      - A store is used by the controller. A task for another host, or with C(become), C(environment) or C(async), fails at once if O(store.type) is
        not V(file). Then use C(delegate_to=localhost), with O(proxy) if only that host reaches the API.
      - Mutually exclusive with O(path) and O(user_password).
    type: dict
  owner:
    description:
      - Name or number of the user that is to own the file at O(path). By default, that stays as it is, or is as the system gives it.
    type: str
  group:
    description:
      - Name or number of the group that is to own the file at O(path). By default, that stays as it is, or is as the system gives it.
    type: str
  mode:
    description:
      - Permissions of the file at O(path), as a quoted octal number such as V('0640'). Without it, they are V('0600'). A file with more is an error,
        because others may know the password by now.
    type: str
"""

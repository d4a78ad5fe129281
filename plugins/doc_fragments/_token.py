# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # Which token is wanted, whatever the vendor. Used together with _file.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes sure that a token exists which the vendor accepts, and that it is known. A token that still works is kept,
        otherwise a new one is made.
      - V(absent) ends the known token at the vendor, as far as the vendor offers a way to do so, and removes the file at O(path).
        That the token has ended already is fine. Where no token is known, nothing is done. Tokens that were replaced and live on
        because of O(grace) are ended too.
    type: str
    choices:
      - present
      - absent
    default: present
  record:
    description:
      - The known token as an earlier run returned it in RV(record), for keeping it elsewhere than in a file. Hand it back as it was.
      - An empty dictionary says that you keep the record and have none yet.
      - Whenever a run reports a change, keep the RV(record) that it returns in place of the old one. Until it comes back in another run,
        that one may not have been kept, so a token that was replaced is ended by the next run at the earliest.
      - To survive a run that is killed between making a token and keeping it, run in check mode first, and keep the RV(record) of that,
        too. It says that a token is pending. The role P(telephony.auth.token#role) does so.
      - A record of another vendor, user or O(api_url) is an error.
      - Mutually exclusive with O(path).
    type: dict
  verify:
    description:
      - Whether the vendor is asked if it still accepts the known token.
      - With V(false), a known token counts as valid until it expires, and no request is made as long as it does. With O(state=absent),
        it is ended without asking first whether it is alive.
      - If the vendor gives no clear answer, because it cannot be reached or answers nonsense, the module fails and changes nothing.
      - A token that was just made is always checked.
    type: bool
    default: true
  renew:
    description:
      - When O(state=present) makes a new token.
      - V(auto) makes one when none is known, when the known one has expired, expires within O(renew_before) or was made longer ago
        than O(max_age), or when the vendor refuses it.
      - V(always) makes one in every run.
      - The old one is ended after the new one has been checked and is on record, at once or after O(grace).
      - V(never) makes none. The module fails where one would be needed, which turns the task into a mere check.
    type: str
    choices:
      - auto
      - always
      - never
    default: auto
  renew_before:
    description:
      - Renew a token that expires within this time. Has no effect on tokens that do not expire.
      - Written like V(90d), V(1w2d), V(12h), V(30m), V(45s), or as a number of seconds.
    type: str
    default: 5m
  max_age:
    description:
      - Renew a token that was made longer ago than this. By default the age of a token does not matter.
      - For a token that another than this module made, the age counts from the run that puts it on record.
      - Written like O(renew_before).
    type: str
  grace:
    description:
      - How long a token that was replaced stays alive, so that those who use it can move over to the new one.
      - It is on record until then. The first run after this time ends it, also when there is nothing else to do. RV(next_action_at)
        tells when that is. With O(record), this is so for V(0s), too. A token that cannot be ended, or that expires earlier, is left to expire.
      - Written like O(renew_before).
    type: str
    default: 0s
  return_token:
    description:
      - Whether the secrets are part of the result - the token itself, the headers that carry it, and the record.
      - By default they are where there is no O(path), since nobody would know the token otherwise, and are not where there is one.
      - Without O(path), V(false) is refused where it could lose a new token, unless O(renew=never).
      - What is returned is hidden from screens and logs, see the notes.
    type: bool
notes:
  - A result with secrets in it is hidden from the screen, from logs, callbacks and the job events of automation controllers, without
    C(no_log=true) on the task; C(register) has all of it. Before ansible-core 2.22 the whole result is hidden, since then only the secrets
    in it. A result without secrets and a failure, which never holds one, are shown. Tasks of other modules that use the
    secrets still need C(no_log=true) before ansible-core 2.22.
  - In a loop, Ansible shows the items, whatever the module does. Loop over names, look up passwords by them, and set
    C(loop_control.label).
  - Check mode makes and ends no token. The module asks what it needs to know, and tells what it would do.
  - Times are judged by the vendor's clock, which each of its replies tells. If the clock of the host that runs the module is wrong by
    five minutes or more, a warning says so. Until the first reply, and with O(verify=false), there is only the host's own clock.
  - What a run leaves behind that is killed, loses a reply or finds the disk full, and what the next run makes of it, is told in
    the guide I(What happens when ...) of the documentation.
  - In messages, in RV(reason) and in RV(diff), a token is named by its RV(fingerprint), and what the vendor said is free of secrets.
"""

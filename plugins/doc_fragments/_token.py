# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # Which token is wanted, whatever the vendor. Used together with _file and _store.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes sure that a token exists which the vendor accepts, and that it is on record. A token that still works is kept,
        otherwise a new one is made.
      - V(absent) ends the known token at the vendor, if the vendor offers a way to do so, and removes the record.
        It is no failure if the token has ended before, and if no token is known, nothing is done. Tokens that were replaced and live on
        because of O(grace) are ended too.
    type: str
    choices:
      - present
      - absent
    default: present
  record:
    description:
      - The record that an earlier run returned as RV(record), for those who keep records in a place of their own. Hand it back as it was.
        An empty dictionary says that there is none yet.
      - This cannot promise what O(path) and O(store) do. Nothing is written down before a token is made. So if the run is killed or a
        reply is lost, there may be a token that no record names. Two runs at the same time do not know of each other.
      - Whenever a run reports a change, write the RV(record) that it returns in place of the old one, before anything uses the token. A token that
        was replaced is ended in the run itself, unless O(grace) is given. With O(grace), it still works if you fail to write the new record.
      - A record of another vendor, user or O(api_url) is an error.
      - Mutually exclusive with O(path) and O(store).
    type: dict
  verify:
    description:
      - Whether to ask the vendor if it still accepts the known token.
      - With V(false), a known token counts as valid until it expires, and until then no request is made. With O(state=absent),
        it is ended without asking first whether it still works.
      - If the vendor gives no clear answer, because it cannot be reached or its reply makes no sense, the module fails and changes nothing.
      - A new token is always checked.
    type: bool
    default: true
  renew:
    description:
      - When O(state=present) makes a new token.
      - V(auto) makes one if none is known, if the known one has expired, expires within O(renew_before) or was made longer ago
        than O(max_age), or if the vendor refuses it.
      - V(always) makes one in every run.
      - The old one is ended after the new one has been checked and is on record, at once or after O(grace).
      - V(never) makes none. The module fails if one is needed, so that the task only checks.
    type: str
    choices:
      - auto
      - always
      - never
    default: auto
  renew_before:
    description:
      - Renew a token that expires within this time. Tokens that do not expire are not affected.
      - Written like V(90d), V(1w2d), V(12h), V(30m), V(45s), or as a number of seconds.
    type: str
    default: 5m
  max_age:
    description:
      - Renew a token that was made longer ago than this. By default the age of a token does not matter.
      - The age of a token that this collection did not make counts from the run that puts it on record.
      - Written like O(renew_before).
    type: str
  grace:
    description:
      - How long a token that was replaced stays alive, so that those who use it can move over to the new one.
      - It is on record until then. The first run after this time ends it, also if there is nothing else to do. RV(next_action_at)
        tells when that is. A token that cannot be ended, or that expires earlier, is left to expire.
      - Written like O(renew_before).
    type: str
    default: 0s
  return_token:
    description:
      - Whether the secrets are part of the result - the token itself, the headers that carry it, and the record.
      - By default they are if there is neither O(path) nor O(store), since nobody would know the token otherwise, and are not if there is one.
      - Without O(path) and O(store), V(false) is refused if it could lose a new token, unless O(renew=never).
      - What is returned is hidden from screens and logs, see the notes.
    type: bool
notes:
  - A result with secrets in it is hidden from the screen, from logs, callbacks and the job events of automation controllers, without
    C(no_log=true) on the task; C(register) has all of it. Before ansible-core 2.22 the whole result is hidden, since then only the secrets
    in it. A result without secrets and a failure, which never holds one, are shown. Tasks of other modules that use the
    secrets still need C(no_log=true) before ansible-core 2.22.
  - In a loop, Ansible shows the items, and the module cannot prevent that. Loop over names, look up the passwords by name, and set
    C(loop_control.label).
  - Check mode makes and ends no token. The module only reads what it needs to know, and tells what it would do.
  - Times are judged by the vendor's clock, which each of its replies tells. If the clock of the host that runs the module is wrong by
    five minutes or more, a warning says so. Until the first reply, and with O(verify=false), there is only the host's own clock.
  - The guide R(What happens when ...,ansible_collections.telephony.auth.docsite.guide_what_happens_when) says
    what is left behind when a run is killed, a reply is lost or the disk is full, and what the next run does about it.
  - In messages, in RV(reason) and in RV(diff), a token is named by its RV(fingerprint), and what the vendor said is free of secrets.
"""

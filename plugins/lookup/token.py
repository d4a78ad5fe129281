# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: token
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: The token of an API user, from where it is kept
description:
  - Reads the record of a token and gives the token, its HTTP headers, or all of the record. So a template, a variable or a task needs one line to use
    a token that M(telephony.auth.token) or the module of a vendor looks after.
  - It reads, and does nothing else. It never has a token made, asks no vendor, takes no lock and writes nothing. So it needs no right to write, and a
    run that renews the token at the same time does not make it wait.
  - It works on the controller, as all lookups do. A file on another host is read there, for example with M(ansible.builtin.slurp).
  - What it gives is secret. Use C(no_log=true) on tasks that show it, and C(diff=false) on those that write it to a file. On ansible-core 2.22
    and newer, the secrets of the record are masked in all output of Ansible, which does not cover encoded forms such as Base64.
options:
  _terms:
    description:
      - Names of hosts of the inventory, as the playbooks of this collection have them - each host is an API user, and its variables C(token_path) or
        C(token_store) say where its token is.
      - Without them, and without O(path) and O(store), the host of the play is meant.
    type: list
    elements: str
  path:
    description:
      - The file of JSON that holds the record, on the controller. A relative path starts in the directory of the playbook.
      - Short for O(store) with the type V(file). A file that others may read is refused, unless O(store) says which C(mode) it is to have.
      - Mutually exclusive with O(store) and with names of hosts.
    type: path
  store:
    description:
      - Where the record is kept. The same as the option O(telephony.auth.kazoo_user_auth#module:store) of the modules, with all its types.
      - Mutually exclusive with O(path) and with names of hosts.
    type: dict
  what:
    description:
      - V(token) is the token as a text.
      - V(headers) is a dictionary of the HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers).
      - V(record) is a dictionary with all fields of the record. The guide I(Where tokens are kept) of the documentation describes them.
    type: str
    choices:
      - token
      - headers
      - record
    default: token
  expired:
    description:
      - What to do if there is no token that may be used - it has expired by the clock of the controller, there is none, the first one is
        being made, or it is being ended. The latter is so if all tokens on record are to be revoked, or if the host has C(token_state=absent).
      - V(fail) fails and says what to do.
      - V(warn) warns, and gives what there is. V(ignore) gives it without a warning. What there is not, is V(null).
      - Other troubles, such as a store that is down or a damaged record, are always failures.
    type: str
    choices:
      - fail
      - warn
      - ignore
    default: fail
notes:
  - With V(ignore), the token of an API user that has none is V(null). The filter P(ansible.builtin.default#filter) needs V(true) as its second
    argument to replace that.
  - To be told in time of tokens that expire, see the role P(telephony.auth.report#role).
seealso:
  - module: telephony.auth.token
  - plugin: telephony.auth.headers
    plugin_type: filter
    description: For a registered result.
"""

EXAMPLES = r"""
- name: Ask for the accounts, with the token of the host acme-john
  ansible.builtin.uri:
    url: "{{ kazoo_url }}/accounts"
    headers: "{{ lookup('telephony.auth.token', 'acme-john', what='headers') }}"
  no_log: true

# In a template it is KAZOO_TOKEN={{ lookup('telephony.auth.token', 'acme-john') | quote }}
- name: Give the token to a service
  ansible.builtin.copy:
    content: "{{ lookup('telephony.auth.token', 'acme-john') }}"
    dest: /etc/credstore/kazoo-token
    mode: "0600"
  diff: false
  no_log: true

- name: Use a token that is in a file
  ansible.builtin.uri:
    url: https://api.example.com/whoami
    headers: "{{ lookup('telephony.auth.token', path='~/telephony-tokens/john.json', what='headers') }}"
  no_log: true

- name: Use a token and what the vendor says about its user, from HashiCorp Vault
  vars:
    john: "{{ lookup('telephony.auth.token', store={'type': 'hashi_vault', 'path': 'telephony/john'}, what='record') }}"
  ansible.builtin.uri:
    url: "{{ john.api_url }}/accounts/{{ john.details.account_id }}"
    headers: "{{ john.headers }}"
  no_log: true

- name: Count the API users that have a token
  ansible.builtin.debug:
    msg: "{{ query('telephony.auth.token', *groups['kazoo'], what='record', expired='ignore') | select | length }}"
"""

RETURN = r"""
_raw:
  description:
    - One item for each host, or one for O(path) and O(store). Secret.
    - With O(what=token), C(lookup) puts a comma between several. C(query) gives a list.
  type: list
  elements: raw
"""

import time
import typing as t

from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase
from ansible.template import Templar

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec, must_be_usable, without_values
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.plugin_utils._consumers import public
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, read
from ansible_collections.telephony.auth.plugins.plugin_utils._variables import value_of

SPEC = Spec(
    {
        "path": {"type": "path"},
        "store": {"type": "dict", "no_log": False},
        "what": {"type": "str", "choices": ["token", "headers", "record"], "default": "token"},
        "expired": {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"},
    },
    mutually_exclusive=(("path", "store"),),
)
_VALIDATOR = ArgumentSpecValidator(**SPEC.as_arguments())
_PROVISION = "Run telephony.auth.provision, or the task that looks after this token"


class Place(t.NamedTuple):
    """Where a record is, and whether its API user is to have no token any more."""

    store: Json
    leaves: bool = False


class LookupModule(LookupBase):
    # Ansible gives both.
    _loader: DataLoader
    _templar: Templar

    def run(self, terms: list[t.Any], variables: Json | None = None, **kwargs: t.Any) -> list[t.Any]:
        variables = variables or {}
        try:
            options = self._validated(kwargs)
            return [self._read(place, variables, options) for place in self._places(terms, options, variables)]
        except TelephonyError as failure:
            raise AnsibleLookupError(failure.message) from None

    def _validated(self, given: Json) -> Json:
        # Values in containers are still templates.
        validation = _VALIDATOR.validate(self._templar.template(given))
        if validation.errors.errors:
            raise OptionError(without_values(validation.errors.msg))
        options: Json = validation.validated_parameters
        must_be_usable(SPEC.argument_spec, options)
        return options

    def _places(self, terms: list[t.Any], options: Json, variables: Json) -> list[Place]:
        path, store = options["path"], options["store"]
        if path is None and store is None:
            if not terms and "inventory_hostname" not in variables:
                raise OptionError("Name hosts of the inventory, or give path or store.")
            return [self._of_host(name, variables) for name in terms or [variables["inventory_hostname"]]]
        if terms:
            raise OptionError("Give names of hosts, path or store, but only one of them.")
        return [Place(store if path is None else {"type": "file", "path": path})]

    def _of_host(self, name: object, variables: Json) -> Place:
        """What the variables of a host say of its store."""
        named = name != variables.get("inventory_hostname")
        if named:
            hosts = variables.get("hostvars", {})
            if not isinstance(name, str) or name not in hosts:
                raise OptionError(
                    f"The inventory has no host {name}. For a file, write path=, for another store, store=."
                )
            variables = hosts.raw_get(name)
        templar = self._templar.copy_with_new_env(available_variables=variables)
        path, mode, store, state = (
            value_of(templar, variables, f"token_{option}") for option in ("path", "mode", "store", "state")
        )
        # Ansible shows what is the same for many hosts once.
        whose = f" of {name}" if named else ""
        if path is None and store is None:
            raise OptionError(
                f"token_path{whose} is not set. Give token_path or token_store, to say where the token is."
            )
        if path is not None and store is not None:
            raise OptionError(f"token_path and token_store{whose} are both set. Give one of them.")
        return Place(store or {"type": "file", "path": path, "mode": mode}, leaves=state == "absent")

    def _read(self, place: Place, variables: Json, options: Json) -> t.Any:
        controller = Controller(self._loader, self._templar, variables, Masker(), only_reads=True)
        where, record = read(place.store, public, controller)
        trouble = _trouble(where, record, place.leaves)
        if trouble and options["expired"] == "fail":
            raise OptionError(trouble)
        if trouble and options["expired"] == "warn":
            self._display.warning(trouble)
        document = public(record) if record else {}
        if options["what"] == "record":
            return document or None
        return document.get(options["what"]) or None


def _trouble(place: str, record: Record | None, leaves: bool) -> str | None:
    """Why the token is not to be used, and what to do; None if it may be used."""
    if record is None:
        return f"There is no token: {place} does not exist. {_PROVISION}, first."
    if record.token is None and record.retiring:
        return f"All tokens in {place} are being ended. {_PROVISION}, if it is to be used on."
    if record.token is None:
        return f"There is no token in {place} yet: a run was to make the first one. {_PROVISION}."
    named = f"The token {record.token.fingerprint} in {place}"
    if leaves:
        return f"{named} is being ended: its host has token_state: absent. Use the token of another API user."
    expires_at = record.token.expires_at
    if expires_at is not None and expires_at <= time.time():
        return f"{named} has expired, at {iso(expires_at)}. {_PROVISION}; a longer renew_before renews it in time."
    return None

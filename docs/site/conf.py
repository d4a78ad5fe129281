# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx makes the documentation site of the pages that antsibull-docs writes. Used by: make docs-site"""

from __future__ import annotations

import typing as t

from docutils import nodes

if t.TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "telephony.auth"
author = "telephony.auth contributors"
project_copyright = f"2026 {author}"
html_title = html_short_title = "telephony.auth"

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
# Until there is a release, the changelog is an empty page
suppress_warnings = ["toc.no_title"]
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "show_extranav": False,
    "show_rtd_ethical_ads": False,
    "topbar_links": {
        "GitHub": "https://github.com/telephony-auth/telephony.auth",
        "Ansible forum": "https://forum.ansible.com/tag/telephony",
    },
}
html_copy_source = False
html_show_sphinx = False
html_use_index = False

# What is documented by Ansible itself: the label, and the page. A label that is neither here nor on this site is an error.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
ELSEWHERE = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.ansible.builtin.default_filter": "collections/ansible/builtin/default_filter.html",
    "ansible_collections.ansible.builtin.slurp_module": "collections/ansible/builtin/slurp_module.html",
    "ansible_collections.ansible.builtin.uri_module": "collections/ansible/builtin/uri_module.html",
    "ansible_collections.ansible.builtin.uri_module__parameter-headers": "collections/ansible/builtin/uri_module.html#parameter-headers",
    "ansible_collections.community.hashi_vault.vault_kv2_get_lookup": "collections/community/hashi_vault/vault_kv2_get_lookup.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def link_to_ansible(_app: Sphinx, _env: object, node: nodes.Element, content: nodes.Node) -> nodes.reference | None:
    page = ELSEWHERE.get(node["reftarget"])
    return nodes.reference("", "", content, refuri=f"{ANSIBLE}/{page}") if page else None


def link_to_front_page(_app: Sphinx, _page: str, _template: str, context: dict[str, t.Any], _doctree: object) -> None:
    """Of the logo. The theme's option knows no relative link."""
    context["theme_documentation_home_url"] = context["pathto"]("index")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", link_to_front_page)
    app.connect("missing-reference", link_to_ansible)

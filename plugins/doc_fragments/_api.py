# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # How the API of a vendor is reached. api_url is documented in each module, for its default.
    DOCUMENTATION = r"""
options:
  validate_certs:
    description:
      - Whether the TLS certificate of the API is verified.
      - V(false) also allows an O(api_url) that starts with V(http://). Everyone on the way can then read and use what is sent.
        For a server with a certificate of its own making, O(ca_path) is the better way.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates, in PEM format, of the authorities that are trusted to have signed the certificate of the API;
        or a directory with such files, named by their hashes as C(openssl rehash) does.
      - Without it, the file named by E(REQUESTS_CA_BUNDLE) or E(CURL_CA_BUNDLE) is used, else the authorities that come with Requests.
    type: path
  client_cert:
    description:
      - File with the client certificate to present to the API, in PEM format. It may also hold the private key.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert), in PEM format and not encrypted.
      - Requires O(client_cert).
    type: path
  proxy:
    description:
      - URL of the HTTP proxy that leads to the API, for example V(http://proxy.example.com:3128).
      - If the proxy refuses to pass a request on, the module fails with the code V(proxy_refused).
      - Without it, the usual variables E(https_proxy), E(http_proxy), E(all_proxy) and E(no_proxy) decide.
    type: str
  timeout:
    description:
      - Seconds to wait for a connection, and from the start of a request until its whole reply is there.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated, after waiting a little longer each time. V(0) means never.
      - A request that only reads is repeated if the API cannot be reached, does not answer in time, breaks off, says that there are
        too many requests (HTTP status 429), or has a problem for the moment (502, 503, 504).
      - A request that changes something is repeated only if it is certain that it was not carried out, because there was no connection or
        the API refused it with status 429.
    type: int
    default: 3
  retry_timeout:
    description:
      - The most seconds to spend on waiting between the tries of one request. The time that the API itself asks to wait counts, too.
        If it is longer, the module fails at once.
    type: int
    default: 60
requirements:
  - requests (Python library on the host that runs the module)
notes:
  - Environment variables that options fall back to are read on the host that runs the module. For a remote host, set them with the keyword
    C(environment). An empty variable counts as unset. A variable that is set counts like the option, also for options that exclude each other.
  - No redirect is followed. Replies of more than 1 MiB are refused.
"""

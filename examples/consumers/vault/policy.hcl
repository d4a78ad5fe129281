# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What a consumer may do in the Vault: read the secret of one API user.
#
#   vault policy write reports examples/consumers/vault/policy.hcl

path "secret/data/telephony/acme-john" {
  capabilities = ["read"]
}

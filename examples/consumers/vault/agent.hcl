# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Vault Agent, or the agent of OpenBao, keeps the environment of a service as the KV secret says.
#
#   vault agent -config=examples/consumers/vault/agent.hcl

vault {
  address = "https://vault.example.com:8200"
}

auto_auth {
  method "approle" {
    config = {
      role_id_file_path                   = "/etc/reports/role_id"
      secret_id_file_path                 = "/etc/reports/secret_id"
      remove_secret_id_file_after_reading = false
    }
  }
}

template_config {
  # Shorter than token_grace, so that the service has the new token before the old one ends
  static_secret_render_interval = "1m"
  exit_on_retry_failure         = true
}

template {
  destination          = "/run/reports/reports.env"
  perms                = "0600"
  error_on_missing_key = true
  contents             = <<-EOT
    {{ with secret "secret/data/telephony/acme-john" -}}
    KAZOO_URL='{{ .Data.data.api_url }}'
    KAZOO_TOKEN='{{ .Data.data.token }}'
    {{- end }}
  EOT
  exec {
    command = ["systemctl", "try-restart", "reports.service"]
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract, held to the GCS provider against a server written from Google's documents. */

#include "contract-gcs-place.h"

#include <string.h>

static gboolean
allows_key (const char *key)
{
  return strpbrk (key, "\r\n") == NULL;
}

int
main (int argc, char **argv)
{
  static const ContractFactory factory = {
    .name = "gcs",
    .capabilities = TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_COPY_FROM |
                    TERRACE_CAPABILITY_SET_CLASS | TERRACE_CAPABILITY_LIFECYCLE |
                    TERRACE_CAPABILITY_CHECKSUM | TERRACE_CAPABILITY_METADATA |
                    TERRACE_CAPABILITY_UPLOADS,
    .keys_are_bytes = FALSE,
    .parts_in_order = TRUE,
    .allows_key = allows_key,
    .set_up = contract_gcs_set_up,
    .make_provider = contract_gcs_make_provider,
    .overwrite = contract_gcs_overwrite,
    .count_traces = contract_gcs_count_traces,
    .tear_down = contract_gcs_tear_down,
    .add_own = contract_gcs_add_own,
  };

  return contract_suite_run (argc, argv, &factory);
}

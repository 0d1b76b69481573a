/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract, held to the Azure provider against an emulator of the service. */

#include "contract-azure-place.h"

int
main (int argc, char **argv)
{
  static const ContractFactory factory = {
    .name = "azure",
    .capabilities = TERRACE_CAPABILITY_RESUME | TERRACE_CAPABILITY_COPY_FROM |
                    TERRACE_CAPABILITY_SET_CLASS | TERRACE_CAPABILITY_RESTORE |
                    TERRACE_CAPABILITY_METADATA | TERRACE_CAPABILITY_UPLOADS,
    .keys_are_bytes = FALSE,
    .set_up = contract_azure_set_up,
    .make_provider = contract_azure_make_provider,
    .overwrite = contract_azure_overwrite,
    .count_traces = contract_azure_count_traces,
    .tear_down = contract_azure_tear_down,
    .add_own = contract_azure_add_own,
  };

  return contract_suite_run (argc, argv, &factory);
}

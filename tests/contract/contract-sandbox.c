/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract, held to the sandbox location. */

#include "contract-folder.h"

static TerraceProvider *
make_provider (gpointer place)
{
  static const char *const classes[] = { "local/disk", NULL };

  return contract_folder_make_provider (place,
                                        terrace_location_new (TERRACE_LOCATION_SANDBOX, "test",
                                                              contract_folder_get_path (place),
                                                              classes));
}

int
main (int argc, char **argv)
{
  static const ContractFactory factory = {
    .name = "sandbox",
    .capabilities = TERRACE_CAPABILITY_UPLOADS | TERRACE_CAPABILITY_RESUME |
                    TERRACE_CAPABILITY_METADATA | TERRACE_CAPABILITY_COPY_FROM,
    .keys_are_bytes = TRUE,
    .set_up = contract_folder_set_up,
    .make_provider = make_provider,
    .overwrite = contract_folder_overwrite,
    .count_traces = contract_folder_count_traces,
    .tear_down = contract_folder_tear_down,
  };

  return contract_suite_run (argc, argv, &factory);
}

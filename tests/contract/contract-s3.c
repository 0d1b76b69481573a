/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract, held to the S3 provider against a real server. */

#include "contract-s3-place.h"

int
main (int argc, char **argv)
{
  static const ContractFactory factory = {
    .name = "s3",
    .capabilities = TERRACE_CAPABILITY_UPLOADS | TERRACE_CAPABILITY_RESUME |
                    TERRACE_CAPABILITY_COPY_FROM | TERRACE_CAPABILITY_SET_CLASS |
                    TERRACE_CAPABILITY_RESTORE | TERRACE_CAPABILITY_LIFECYCLE |
                    TERRACE_CAPABILITY_METADATA,
    .keys_are_bytes = FALSE,
    .set_up = contract_s3_set_up,
    .make_provider = contract_s3_make_provider,
    .overwrite = contract_s3_overwrite,
    .count_traces = contract_s3_count_traces,
    .tear_down = contract_s3_tear_down,
    .add_own = contract_s3_add_own,
  };

  return contract_suite_run (argc, argv, &factory);
}

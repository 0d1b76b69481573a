/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only GCS has. */

#include "contract-gcs-place.h"

void
contract_gcs_add_own (const ContractFactory *factory)
{
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-http-error.h"

G_BEGIN_DECLS

/* What Azure's names of errors mean, for terrace_http_error_new(). */
extern const TerraceHttpMeaning terrace_azure_meanings[];

G_END_DECLS

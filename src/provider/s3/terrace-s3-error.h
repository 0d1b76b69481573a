/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/s3/terrace-s3-client.h"

/* What S3's refusals mean for whoever decides what to do next. Any thread. */

G_BEGIN_DECLS

/* (transfer full): @bucket and @endpoint are for the words. */
GError *
terrace_s3_error_new (const TerraceS3Response *response, const char *bucket, const char *endpoint);

G_END_DECLS

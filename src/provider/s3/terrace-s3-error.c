/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table from S3's error codes to ours, with the words for people. A code that is not in it is
 * judged by the status. Any thread. */

#include "config.h"

#include "provider/s3/terrace-s3-error.h"

#include "provider/terrace-http-error.h"

#include <glib/gi18n-lib.h>

static const TerraceHttpMeaning meanings[] = {
  { "InvalidAccessKeyId", TERRACE_ERROR_PERMISSION,
    N_ ("The server does not know this access key: check it, or make a new one") },
  { "SignatureDoesNotMatch", TERRACE_ERROR_PERMISSION,
    N_ ("The secret key is not the one that belongs to the access key") },
  { "AccessDenied", TERRACE_ERROR_PERMISSION,
    N_ ("Access was refused: this key may not do that in this bucket") },
  { "AllAccessDisabled", TERRACE_ERROR_PERMISSION,
    N_ ("Access was refused: the owner has closed this bucket") },
  { "AccountProblem", TERRACE_ERROR_PERMISSION,
    N_ ("The provider has a problem with this account: ask them") },
  { "ExpiredToken", TERRACE_ERROR_PERMISSION,
    N_ ("The temporary key has expired: give a new one") },
  { "InvalidToken", TERRACE_ERROR_PERMISSION,
    N_ ("The session token does not belong to this access key") },
  { "RequestTimeTooSkewed", TERRACE_ERROR_PERMISSION,
    N_ ("The clock of this computer is too far from the server's: set it") },
  { "NoSuchBucket", TERRACE_ERROR_NOT_FOUND, N_ ("There is no bucket of this name") },
  { "NoSuchKey", TERRACE_ERROR_NOT_FOUND, N_ ("There is no object of this name") },
  { "NoSuchVersion", TERRACE_ERROR_NOT_FOUND, N_ ("This version of the object is gone") },
  { "NoSuchUpload", TERRACE_ERROR_NOT_FOUND, N_ ("The unfinished upload is gone") },
  { "PreconditionFailed", TERRACE_ERROR_CHANGED, N_ ("The object was changed meanwhile") },
  { "InvalidObjectState", TERRACE_ERROR_FAILED,
    N_ ("The object lies in an archive: it has to be restored before it can be read") },
  { "InvalidPart", TERRACE_ERROR_CORRUPT, N_ ("A part of the upload is not what was sent") },
  { "InvalidPartOrder", TERRACE_ERROR_CORRUPT, N_ ("The parts of the upload are out of order") },
  { "BadDigest", TERRACE_ERROR_CORRUPT, N_ ("The bytes were damaged on their way") },
  { "XAmzContentSHA256Mismatch", TERRACE_ERROR_CORRUPT,
    N_ ("The bytes were damaged on their way") },
  { "IncompleteBody", TERRACE_ERROR_UNREACHABLE, N_ ("The connection ended too early") },
  { "RequestTimeout", TERRACE_ERROR_UNREACHABLE, N_ ("The server waited too long for the bytes") },
  { "EntityTooSmall", TERRACE_ERROR_INVALID, N_ ("The parts are smaller than the server allows") },
  { "EntityTooLarge", TERRACE_ERROR_INVALID, N_ ("The object is larger than the server allows") },
  { "KeyTooLongError", TERRACE_ERROR_INVALID, N_ ("The name is longer than the server allows") },
  { "InvalidObjectName", TERRACE_ERROR_INVALID, N_ ("The server does not allow this name") },
  { "MetadataTooLarge", TERRACE_ERROR_LIMIT,
    N_ ("The extended attributes are larger than S3 can keep with an object") },
  { "InvalidStorageClass", TERRACE_ERROR_UNSUPPORTED,
    N_ ("This place does not have the wanted storage class") },
  { "NotImplemented", TERRACE_ERROR_UNSUPPORTED, N_ ("This server cannot do that") },
  { "MethodNotAllowed", TERRACE_ERROR_UNSUPPORTED, N_ ("This server cannot do that") },
  { "QuotaExceeded", TERRACE_ERROR_NO_SPACE, N_ ("The quota of this bucket is used up") },
  { "XMinioStorageFull", TERRACE_ERROR_NO_SPACE, N_ ("The server is full") },
  { "SlowDown", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "ServiceUnavailable", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "Throttling", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "TooManyRequestsException", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "RequestLimitExceeded", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "BandwidthLimitExceeded", TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { "ConditionalRequestConflict", TERRACE_ERROR_BUSY, N_ ("Somebody else writes there now") },
  { "OperationAborted", TERRACE_ERROR_BUSY, N_ ("Somebody else writes there now") },
  { "InternalError", TERRACE_ERROR_UNREACHABLE, N_ ("The server has a fault of its own") },
  { NULL },
};

GError *
terrace_s3_error_new (const TerraceS3Response *response, const char *bucket, const char *endpoint)
{
  /* Translators: the name of a bucket and that of a server */
  g_autofree char *place = g_strdup_printf (_ ("bucket %s at %s"), bucket, endpoint);

  return terrace_http_error_new (meanings, response->code, response->status, place,
                                 response->retry_after_s);
}

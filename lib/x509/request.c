/* request.c: what the verification of a chain is held to. */
#include <config.h>

#include "x509/request.h"

#include <time.h>

int64_t request_now(const struct verify_request *request)
{
    return request->has_verify_time ? request->verify_time : (int64_t)time(NULL);
}

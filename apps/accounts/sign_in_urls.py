"""The addresses of allauth that our settings ask for, as `allauth.urls` has them.

Written out so that its views, and what a second step needs, come when they are asked for. A test
compares the two.
"""

from __future__ import annotations

from django.urls.resolvers import RegexPattern

from apps.lazy_urls import pages_of

account = pages_of("allauth.account.views")
account_key = pages_of("allauth.account.views", RegexPattern)
second_step = pages_of("allauth.mfa.base.views")
totp = pages_of("allauth.mfa.totp.views")
recovery_codes = pages_of("allauth.mfa.recovery_codes.views")

urlpatterns = [
    account("login/", "login", "account_login"),
    account("logout/", "logout", "account_logout"),
    account("inactive/", "account_inactive", "account_inactive"),
    account("signup/", "signup", "account_signup"),
    account("reauthenticate/", "reauthenticate", "account_reauthenticate"),
    account("email/", "email", "account_email"),
    account("confirm-email/", "email_verification_sent", "account_email_verification_sent"),
    account("password/change/", "password_change", "account_change_password"),
    account("password/set/", "password_set", "account_set_password"),
    account("password/reset/", "password_reset", "account_reset_password"),
    account("login/code/confirm/", "confirm_login_code", "account_confirm_login_code"),
    account_key(r"^confirm-email/(?P<key>[-:\w]+)/$", "confirm_email", "account_confirm_email"),
    account(
        "password/reset/key/done/",
        "password_reset_from_key_done",
        "account_reset_password_from_key_done",
    ),
    account_key(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "password_reset_from_key",
        "account_reset_password_from_key",
    ),
    account("password/reset/done/", "password_reset_done", "account_reset_password_done"),
    second_step("2fa/", "index", "mfa_index"),
    second_step("2fa/authenticate/", "authenticate", "mfa_authenticate"),
    second_step("2fa/reauthenticate/", "reauthenticate", "mfa_reauthenticate"),
    totp("2fa/totp/activate/", "activate_totp", "mfa_activate_totp"),
    totp("2fa/totp/deactivate/", "deactivate_totp", "mfa_deactivate_totp"),
    recovery_codes("2fa/recovery-codes/", "view_recovery_codes", "mfa_view_recovery_codes"),
    recovery_codes(
        "2fa/recovery-codes/generate/", "generate_recovery_codes", "mfa_generate_recovery_codes"
    ),
    recovery_codes(
        "2fa/recovery-codes/download/", "download_recovery_codes", "mfa_download_recovery_codes"
    ),
]

"""Who may ask for each field of the roots, with a document that asks for it."""

from enum import Enum

SIGN_IN, NO_RIGHT = "not_signed_in", "not_allowed"


class For(Enum):
    """What nobody, a listener and an administrator are refused with."""

    EVERYBODY = (None, None, None)
    LISTENERS = (SIGN_IN, None, None)
    ADMINISTRATORS = (SIGN_IN, NO_RIGHT, None)


TRACK, ARTIST, USER = "VHJhY2s6MQ==", "QXJ0aXN0OjE=", "VXNlcjoy"
OTHER = "VXNlcjoz"
TRAINING, IMPORT = "VHJhaW5pbmc6MQ==", "RGF0YUltcG9ydDox"
PLACE = f'playlistId: "UGxheWxpc3Q6MQ==", position: 1, trackId: "{TRACK}"'

QUERIES = {
    "status": (For.EVERYBODY, "status { state }"),
    "viewer": (For.EVERYBODY, "viewer { id }"),
    "node": (For.LISTENERS, f'node(id: "{TRACK}") {{ id }}'),
    "nodes": (For.LISTENERS, f'nodes(ids: ["{TRACK}"]) {{ id }}'),
    "track": (For.LISTENERS, f'track(id: "{TRACK}") {{ id }}'),
    "artist": (For.LISTENERS, f'artist(id: "{ARTIST}") {{ id }}'),
    "tracks": (For.LISTENERS, "tracks { totalCount }"),
    "artists": (For.LISTENERS, "artists { totalCount }"),
    "youtubeSearch": (For.LISTENERS, 'youtubeSearch(text: "") { videoId }'),
    "recommendations": (For.LISTENERS, "recommendations { id }"),
    "similarTracks": (For.LISTENERS, f'similarTracks(trackId: "{TRACK}") {{ id }}'),
    "similarArtists": (For.LISTENERS, f'similarArtists(artistId: "{ARTIST}") {{ modelVersion }}'),
    "ifForgotten": (For.LISTENERS, f'ifForgotten(trackIds: ["{TRACK}"]) {{ now {{ id }} }}'),
    "radio": (For.LISTENERS, f'radio(seedId: "{TRACK}") {{ id }}'),
    "mixes": (For.LISTENERS, "mixes { id }"),
    "newArtists": (For.LISTENERS, "newArtists { id }"),
    "popularTracks": (For.LISTENERS, "popularTracks { id }"),
    "artistsToStartWith": (For.LISTENERS, "artistsToStartWith { id }"),
    "pickedArtists": (For.LISTENERS, "pickedArtists { id }"),
    "recommendationsFor": (For.ADMINISTRATORS, f'recommendationsFor(userId: "{USER}") {{ id }}'),
    "trainings": (For.ADMINISTRATORS, "trainings { totalCount }"),
    "tunings": (For.ADMINISTRATORS, "tunings { totalCount }"),
    "jobs": (For.ADMINISTRATORS, "jobs { id }"),
    "schedule": (For.ADMINISTRATORS, "schedule { name }"),
    "alerts": (For.ADMINISTRATORS, "alerts { totalCount }"),
    "alertDelivery": (For.ADMINISTRATORS, "alertDelivery { host }"),
    "driftWatches": (For.ADMINISTRATORS, "driftWatches { totalCount }"),
    "drift": (For.ADMINISTRATORS, "drift { modelVersion }"),
    "edits": (For.ADMINISTRATORS, "edits { totalCount }"),
    "trackOrigins": (For.ADMINISTRATORS, f'trackOrigins(trackId: "{TRACK}") {{ source }}'),
    "imports": (For.LISTENERS, "imports { totalCount }"),
    "allImports": (For.ADMINISTRATORS, "allImports { totalCount }"),
    "promotions": (For.ADMINISTRATORS, "promotions { totalCount }"),
    "users": (For.ADMINISTRATORS, "users { totalCount }"),
    "champion": (For.ADMINISTRATORS, "champion { version }"),
}
MUTATIONS = {
    "login": (For.EVERYBODY, 'login(input: {username: "x", password: "y"}) { __typename }'),
    "logout": (For.LISTENERS, "logout { __typename }"),
    "createToken": (For.LISTENERS, 'createToken(input: {name: "x"}) { __typename }'),
    "revokeToken": (For.LISTENERS, 'revokeToken(input: {tokenId: "x"}) { __typename }'),
    "signOutEverywhere": (
        For.LISTENERS,
        "signOutEverywhere(input: {keepThis: true}) { __typename }",
    ),
    "changePassword": (
        For.LISTENERS,
        'changePassword(input: {currentPassword: "x", newPassword: "x"}) { __typename }',
    ),
    "recordListen": (
        For.LISTENERS,
        f'recordListen(input: {{trackId: "{TRACK}"}}) {{ __typename }}',
    ),
    "recordListens": (For.LISTENERS, "recordListens(input: {listens: []}) { __typename }"),
    "recordSkip": (For.LISTENERS, f'recordSkip(input: {{trackId: "{TRACK}"}}) {{ __typename }}'),
    "setFeedback": (For.LISTENERS, f'setFeedback(input: {{trackId: "{TRACK}"}}) {{ __typename }}'),
    "startWithArtists": (
        For.LISTENERS,
        f'startWithArtists(input: {{artistIds: ["{ARTIST}"]}}) {{ __typename }}',
    ),
    "forgetListens": (
        For.LISTENERS,
        'forgetListens(input: {listenIds: ["TGlzdGVuOjE="]}) { __typename }',
    ),
    "forgetTrack": (
        For.LISTENERS,
        'forgetTrack(input: {trackId: "VHJhY2s6MQ=="}) { __typename }',
    ),
    "setRecordPaused": (For.LISTENERS, "setRecordPaused(input: {paused: true}) { __typename }"),
    "setPreferences": (For.LISTENERS, 'setPreferences(input: {language: "fr"}) { __typename }'),
    "editTrack": (
        For.ADMINISTRATORS,
        f'editTrack(input: {{trackId: "{TRACK}", title: "", artist: "x"}}) {{ __typename }}',
    ),
    "mergeTrack": (
        For.ADMINISTRATORS,
        f'mergeTrack(input: {{trackId: "{TRACK}", intoTrackId: "{TRACK}"}}) {{ __typename }}',
    ),
    "separateTrack": (
        For.ADMINISTRATORS,
        f'separateTrack(input: {{trackId: "{TRACK}"}}) {{ __typename }}',
    ),
    "splitTrack": (
        For.ADMINISTRATORS,
        f'splitTrack(input: {{trackId: "{TRACK}", origins: []}}) {{ __typename }}',
    ),
    "renameArtist": (
        For.ADMINISTRATORS,
        f'renameArtist(input: {{artistId: "{ARTIST}", name: ""}}) {{ __typename }}',
    ),
    "mergeArtist": (
        For.ADMINISTRATORS,
        f'mergeArtist(input: {{artistId: "{ARTIST}", intoArtistId: "{ARTIST}"}}) {{ __typename }}',
    ),
    "separateArtist": (
        For.ADMINISTRATORS,
        f'separateArtist(input: {{artistId: "{ARTIST}"}}) {{ __typename }}',
    ),
    "splitArtist": (
        For.ADMINISTRATORS,
        f'splitArtist(input: {{artistId: "{ARTIST}", trackIds: [], name: "x"}}) {{ __typename }}',
    ),
    "createPlaylist": (
        For.LISTENERS,
        'createPlaylist(input: {name: "x"}) { __typename }',
    ),
    "renamePlaylist": (
        For.LISTENERS,
        'renamePlaylist(input: {playlistId: "UGxheWxpc3Q6MQ==", name: "x"}) { __typename }',
    ),
    "deletePlaylist": (
        For.LISTENERS,
        'deletePlaylist(input: {playlistId: "UGxheWxpc3Q6MQ=="}) { __typename }',
    ),
    "addToPlaylist": (
        For.LISTENERS,
        'addToPlaylist(input: {playlistId: "UGxheWxpc3Q6MQ==", trackIds: []}) { __typename }',
    ),
    "removeFromPlaylist": (
        For.LISTENERS,
        f"removeFromPlaylist(input: {{{PLACE}}}) {{ __typename }}",
    ),
    "moveInPlaylist": (
        For.LISTENERS,
        f"moveInPlaylist(input: {{{PLACE}, to: 2}}) {{ __typename }}",
    ),
    "deleteAccount": (For.LISTENERS, 'deleteAccount(input: {password: "x"}) { __typename }'),
    "findVideo": (For.LISTENERS, f'findVideo(input: {{trackId: "{TRACK}"}}) {{ __typename }}'),
    "addTrack": (For.LISTENERS, 'addTrack(input: {text: "", videoId: "x"}) { __typename }'),
    "reportWrongVideo": (
        For.LISTENERS,
        f'reportWrongVideo(input: {{trackId: "{TRACK}", youtubeId: "x"}}) {{ __typename }}',
    ),
    "createUser": (
        For.ADMINISTRATORS,
        'createUser(input: {name: "new", password: "long enough"}) { __typename }',
    ),
    "inviteUser": (For.ADMINISTRATORS, 'inviteUser(input: {name: "eve"}) { __typename }'),
    "makePasswordLink": (
        For.ADMINISTRATORS,
        f'makePasswordLink(input: {{userId: "{USER}"}}) {{ __typename }}',
    ),
    "setPasswordByLink": (
        For.EVERYBODY,
        'setPasswordByLink(input: {token: "x", password: "long enough"}) { __typename }',
    ),
    "setUserRole": (
        For.ADMINISTRATORS,
        f'setUserRole(input: {{userId: "{OTHER}", role: LISTENER}}) {{ __typename }}',
    ),
    "disableUser": (
        For.ADMINISTRATORS,
        f'disableUser(input: {{userId: "{OTHER}"}}) {{ __typename }}',
    ),
    "enableUser": (
        For.ADMINISTRATORS,
        f'enableUser(input: {{userId: "{OTHER}"}}) {{ __typename }}',
    ),
    "trainModel": (For.ADMINISTRATORS, "trainModel { __typename }"),
    "tuneModel": (For.ADMINISTRATORS, "tuneModel { __typename }"),
    "stopTuning": (
        For.ADMINISTRATORS,
        'stopTuning(input: {tuningId: "VHVuaW5nOjE="}) { __typename }',
    ),
    "resumeTuning": (
        For.ADMINISTRATORS,
        'resumeTuning(input: {tuningId: "VHVuaW5nOjE="}) { __typename }',
    ),
    "evaluateModel": (For.ADMINISTRATORS, "evaluateModel(input: {}) { __typename }"),
    "promoteModel": (
        For.ADMINISTRATORS,
        f'promoteModel(input: {{trainingId: "{TRAINING}", reason: "x"}}) {{ __typename }}',
    ),
    "rollbackModel": (
        For.ADMINISTRATORS,
        'rollbackModel(input: {reason: "x"}) { __typename }',
    ),
    "retryJob": (For.ADMINISTRATORS, 'retryJob(input: {jobId: "x"}) { __typename }'),
    "cancelJob": (For.ADMINISTRATORS, 'cancelJob(input: {jobId: "x"}) { __typename }'),
    "watchDrift": (For.ADMINISTRATORS, "watchDrift { __typename }"),
    "acknowledgeAlert": (
        For.ADMINISTRATORS,
        'acknowledgeAlert(input: {alertId: "QWxlcnQ6MQ=="}) { __typename }',
    ),
    "importHistory": (
        For.LISTENERS,
        'importHistory(input: {uploadId: "x", format: SPOTIFY}) { __typename }',
    ),
    "importCatalogue": (
        For.ADMINISTRATORS,
        'importCatalogue(input: {uploadId: "x", format: CSV}) { __typename }',
    ),
    "cancelImport": (
        For.LISTENERS,
        f'cancelImport(input: {{importId: "{IMPORT}"}}) {{ __typename }}',
    ),
    "undoImport": (For.LISTENERS, f'undoImport(input: {{importId: "{IMPORT}"}}) {{ __typename }}'),
    "reloadModel": (For.ADMINISTRATORS, "reloadModel { __typename }"),
}
SUBSCRIPTIONS = {
    "trainingProgress": (
        For.ADMINISTRATORS,
        f'trainingProgress(trainingId: "{TRAINING}") {{ version }}',
    ),
    "tuningProgress": (
        For.ADMINISTRATORS,
        'tuningProgress(tuningId: "VHVuaW5nOjE=") { id }',
    ),
    "evaluationProgress": (
        For.ADMINISTRATORS,
        'evaluationProgress(runId: "RXZhbHVhdGlvblJ1bjox") { id }',
    ),
    "importProgress": (For.LISTENERS, f'importProgress(importId: "{IMPORT}") {{ id }}'),
    "championChanged": (For.ADMINISTRATORS, "championChanged { version }"),
}

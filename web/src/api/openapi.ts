/** Made from docs/openapi.json by `npm run openapi`. Never written by hand. */

export interface paths {
    "/about": {
        get: {
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["About"];
                    };
                };
            };
        };
    };
    "/account": {
        delete: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Closing"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        patch: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountPatch"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Account"];
                    };
                };
            };
        };
    };
    "/account/export": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Export"];
                    };
                };
            };
        };
    };
    "/account/password": {
        post: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/invitations/{code}": {
        get: {
            parameters: {
                path: {
                    code: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Opening"];
                    };
                };
            };
        };
    };
    "/invitations/{code}/accept": {
        post: {
            parameters: {
                path: {
                    code: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Accept"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Welcome"];
                    };
                };
            };
        };
    };
    "/links/{code}": {
        get: {
            parameters: {
                path: {
                    code: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Link"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    code: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LinkPassword"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Link"];
                    };
                };
            };
        };
    };
    "/session": {
        get: {
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Home"];
                    };
                };
            };
        };
        post: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSession"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Home"];
                    };
                };
            };
        };
        delete: {
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/sessions": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["List_SignedInSession"];
                    };
                };
            };
        };
    };
    "/sessions/{id}": {
        delete: {
            parameters: {
                path: {
                    id: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/setup": {
        post: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetUp"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Welcome"];
                    };
                };
            };
        };
    };
    "/tokens": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["List_Token"];
                    };
                };
            };
        };
        post: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_MadeToken"];
                    };
                };
            };
        };
    };
    "/tokens/{id}": {
        delete: {
            parameters: {
                path: {
                    id: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["List_Room"];
                    };
                };
            };
        };
        post: {
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewWorkspace"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Workspace"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    epoch?: string;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Workspace"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WorkspacePatch"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/archive": {
        post: {
            parameters: {
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/audit": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Listing_Noted"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/bots": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_List_Bot"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewBot"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_MadeBot"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/bots/{account}": {
        delete: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BotPatch"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/bots/{account}/token": {
        post: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["NewBotToken"] | null;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_MadeBot"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/changed": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    since?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Changed"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels": {
        get: {
            parameters: {
                query?: {
                    archived?: boolean;
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    kind?: components["schemas"]["Kind"];
                    limit?: number;
                    mine?: boolean;
                    prefix?: string;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Listing_ShownChannel"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewChannel"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["ChannelChanged"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    epoch?: string;
                };
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_OneChannel"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    c: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChannelChange"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["ChannelChanged"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/archive": {
        post: {
            parameters: {
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["ChannelChanged"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/members": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Listing_Seat"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/members/{account}": {
        put: {
            parameters: {
                path: {
                    account: string;
                    c: string;
                    w: string;
                };
            };
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["NewSeat"] | null;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_OneSeat"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    account: string;
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages": {
        get: {
            parameters: {
                query?: {
                    after?: number;
                    around?: string;
                    at?: string;
                    at_least?: number;
                    before?: number;
                    epoch?: string;
                    from?: number;
                    limit?: number;
                    since?: number;
                    to?: number;
                };
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Page"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    c: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMessage"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Message"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    epoch?: string;
                };
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["OneMessage"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewText"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["OneMessage"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/follow": {
        put: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/history": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["List_Past"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/pin": {
        put: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/reactions": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Reactors"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/reactions/{emoji}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    emoji: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Reactors"];
                    };
                };
            };
        };
        put: {
            parameters: {
                path: {
                    c: string;
                    emoji: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    emoji: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies": {
        get: {
            parameters: {
                query?: {
                    after?: number;
                    around?: string;
                    at?: string;
                    at_least?: number;
                    before?: number;
                    epoch?: string;
                    from?: number;
                    limit?: number;
                    since?: number;
                    to?: number;
                };
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Page"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReply"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Message"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    epoch?: string;
                };
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["OneMessage"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewText"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["OneMessage"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/history": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["List_Past"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/pin": {
        put: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/reactions": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Reactors"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/reactions/{emoji}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    emoji: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Reactors"];
                    };
                };
            };
        };
        put: {
            parameters: {
                path: {
                    c: string;
                    emoji: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    emoji: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/replies/{m}/saved": {
        put: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    m: number;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/messages/{n}/saved": {
        put: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    c: string;
                    n: number;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/pins": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Listing_Message"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/read": {
        put: {
            parameters: {
                path: {
                    c: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Read"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/channels/{c}/restore": {
        post: {
            parameters: {
                path: {
                    c: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["ChannelChanged"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/invitations": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Listing_Invitation"];
                    };
                };
            };
        };
        post: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewInvitation"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_MadeInvitation"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/invitations/{id}": {
        delete: {
            parameters: {
                path: {
                    id: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/me": {
        get: {
            parameters: {
                query?: {
                    epoch?: string;
                    since?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_MyRows"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/me/{kind}/{subject}": {
        put: {
            parameters: {
                path: {
                    kind: string;
                    subject: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Put"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Version"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    kind: string;
                    subject: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Version"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/members": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    ids?: string;
                    in?: string;
                    limit?: number;
                    prefix?: string;
                    role?: "owner" | "admin" | "member" | "guest" | "bot";
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_List_Member"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/members/{account}": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    epoch?: string;
                };
                path: {
                    account: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Member"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
        patch: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberPatch"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/members/{account}/sessions": {
        delete: {
            parameters: {
                path: {
                    account: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/members/me/picture": {
        put: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "image/jpeg": components["schemas"]["PictureBytes"];
                    "image/png": components["schemas"]["PictureBytes"];
                    "image/webp": components["schemas"]["PictureBytes"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_PictureSet"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/mentions": {
        get: {
            parameters: {
                query?: {
                    after?: number;
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Calls"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/notifications": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Notifications"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/notifications/seen": {
        put: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SeenTo"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/picture": {
        put: {
            parameters: {
                path: {
                    w: string;
                };
            };
            requestBody: {
                content: {
                    "image/jpeg": components["schemas"]["PictureBytes"];
                    "image/png": components["schemas"]["PictureBytes"];
                    "image/webp": components["schemas"]["PictureBytes"];
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_PictureSet"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/pictures/{digest}": {
        get: {
            parameters: {
                path: {
                    digest: string;
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "image/jpeg": components["schemas"]["PictureBytes"];
                        "image/png": components["schemas"]["PictureBytes"];
                        "image/webp": components["schemas"]["PictureBytes"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/restore": {
        post: {
            parameters: {
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Moment"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/saved": {
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_SavedMessages"];
                    };
                };
            };
        };
    };
    "/workspaces/{w}/threads": {
        get: {
            parameters: {
                query?: {
                    at_least?: number;
                    cursor?: string;
                    epoch?: string;
                    limit?: number;
                };
                path: {
                    w: string;
                };
            };
            responses: {
                200: {
                    content: {
                        "application/json": components["schemas"]["Written_Threads"];
                    };
                };
            };
        };
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        About: {
            name: string;
            set_up: boolean;
            sign_in: string[];
            sign_up: string;
            version: string;
        };
        Accept: {
            email?: string | null;
            name?: string | null;
            password?: string | null;
        };
        Account: {
            email?: string | null;
            id: string;
            kind: string;
            name: string;
            operator?: boolean;
        };
        AccountPatch: {
            email?: string | null;
            name?: string | null;
            password?: string | null;
        };
        Bot: components["schemas"]["Member"] & {
            owner?: string | null;
            scopes: string[];
        };
        BotPatch: {
            name: string;
        };
        Call: {
            all?: string | null;
            message: components["schemas"]["Message"];
            position: number;
            seen: boolean;
        };
        Calls: {
            items: components["schemas"]["Call"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Changed: {
            channels: components["schemas"]["MyChannel"][];
            left: string[];
            more?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
            threads: components["schemas"]["MyThread"][];
            workspace?: components["schemas"]["WorkspaceItself"] | null;
        };
        Channel: {
            changed: number;
            default: boolean;
            direct?: string[];
            id: string;
            kind: components["schemas"]["Kind"];
            members: number;
            name: string;
            pins: number;
            posting: components["schemas"]["Posting"];
            purpose: string;
            state: components["schemas"]["State"];
            topic: string;
        };
        ChannelChange: {
            default?: boolean | null;
            kind?: components["schemas"]["Closed"] | null;
            name?: string | null;
            posting?: components["schemas"]["Posting"] | null;
            purpose?: string | null;
            topic?: string | null;
        };
        ChannelChanged: components["schemas"]["Written_OneChannel"] | components["schemas"]["ChannelGone"];
        ChannelGone: {
            epoch: string;
            id: string;
            position: number;
        };
        ChannelMine: {
            changed: number;
            mentions: number;
            read: number;
            role: components["schemas"]["SeatRole"];
            unread: number;
        };
        /** @enum {string} */
        Closed: "private";
        Closing: {
            password: string;
        };
        Export: {
            account?: components["schemas"]["Account"] | null;
            messages: components["schemas"]["OwnMessage"][];
            next?: string | null;
            sessions?: components["schemas"]["SignedInSession"][] | null;
            tokens?: components["schemas"]["Token"][] | null;
            workspaces?: components["schemas"]["OwnRows"][] | null;
        };
        /** @enum {string} */
        FromWhom: "members" | "admins" | "owners";
        Home: {
            account: components["schemas"]["Account"];
            token?: string | null;
            workspaces: components["schemas"]["Room"][];
        };
        Invitation: {
            channels?: string[] | null;
            expires?: string | null;
            id: string;
            maker: string;
            role: components["schemas"]["RoleName"];
            state: string;
            uses_left?: number | null;
        };
        Item: {
            kind: string;
            subject: string;
            value: unknown;
            version: number;
        };
        /** @enum {string} */
        Kind: "public" | "private" | "direct";
        Link: {
            account: components["schemas"]["LinkedAccount"];
        };
        LinkedAccount: {
            email?: string | null;
            name: string;
        };
        LinkPassword: {
            password: string;
        };
        List_Past: {
            items: {
                at: string;
                stamp: string;
                text: string;
                version: number;
            }[];
            next?: string | null;
        };
        List_Room: {
            items: {
                id: string;
                mentions: number;
                name: string;
                picture?: string | null;
                role: components["schemas"]["RoleName"];
                sign_in_again?: boolean;
                slug: string;
                state: components["schemas"]["State"];
                unread: number;
            }[];
            next?: string | null;
        };
        List_SignedInSession: {
            items: {
                address: string;
                agent: string;
                created: string;
                current?: boolean;
                id: string;
                seen: string;
            }[];
            next?: string | null;
        };
        List_Token: {
            items: {
                created: string;
                expires?: string | null;
                id: string;
                label: string;
                scopes: string[];
                seen: string;
                workspace?: string | null;
            }[];
            next?: string | null;
        };
        Listing_Invitation: components["schemas"]["Moment"] & {
            items: {
                channels?: string[] | null;
                expires?: string | null;
                id: string;
                maker: string;
                role: components["schemas"]["RoleName"];
                state: string;
                uses_left?: number | null;
            }[];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Listing_Message: components["schemas"]["Moment"] & {
            items: {
                at: string;
                author: string;
                changed: number;
                channel: string;
                deleted?: string | null;
                edited?: string | null;
                in_channel?: number | null;
                mentions?: components["schemas"]["Mentions"] | null;
                number: number;
                of?: components["schemas"]["Of"] | null;
                pinned?: boolean;
                reactions?: components["schemas"]["Reacted"][];
                replies?: components["schemas"]["Replies"] | null;
                reply?: components["schemas"]["Message"] | null;
                stamp: string;
                system?: components["schemas"]["System"] | null;
                text: string;
                thread: number;
            }[];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Listing_Noted: components["schemas"]["Moment"] & {
            items: {
                actor?: string | null;
                at: string;
                detail: Record<string, never>;
                position: number;
                stamp: string;
                what: string;
            }[];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Listing_Seat: components["schemas"]["Moment"] & {
            items: {
                account: string;
                changed: number;
                channel: string;
                role: components["schemas"]["SeatRole"];
            }[];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Listing_ShownChannel: components["schemas"]["Moment"] & {
            items: (components["schemas"]["Channel"] & {
                last_at: string;
                last_number: number;
                last_position: number;
                mine?: components["schemas"]["ChannelMine"] | null;
            })[];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        MadeBot: {
            account: string;
            token: string;
        };
        MadeInvitation: {
            code: string;
            id: string;
            url: string;
        };
        MadeToken: {
            id: string;
            token: string;
        };
        Member: components["schemas"]["Person"] & {
            account: string;
            time_zone?: string | null;
            title?: string | null;
        };
        MemberPatch: {
            dnd_until?: string | null;
            name?: string | null;
            role?: components["schemas"]["RoleName"] | null;
            status?: components["schemas"]["StatusPatch"] | null;
            time_zone?: string | null;
            title?: string | null;
        };
        Mentions: {
            all?: string | null;
            people: string[];
        };
        Message: {
            at: string;
            author: string;
            changed: number;
            channel: string;
            deleted?: string | null;
            edited?: string | null;
            in_channel?: number | null;
            mentions?: components["schemas"]["Mentions"] | null;
            number: number;
            of?: components["schemas"]["Of"] | null;
            pinned?: boolean;
            reactions?: components["schemas"]["Reacted"][];
            replies?: components["schemas"]["Replies"] | null;
            reply?: components["schemas"]["Message"] | null;
            stamp: string;
            system?: components["schemas"]["System"] | null;
            text: string;
            thread: number;
        };
        Moment: {
            epoch: string;
            position: number;
        };
        MyChannel: {
            channel: string;
            holes?: number[];
            image?: components["schemas"]["Channel"] | null;
            last_at: string;
            last_number: number;
            last_position: number;
            mentions: number[];
            read: number;
            role: components["schemas"]["SeatRole"];
        };
        MyRows: {
            items: components["schemas"]["Item"][];
            more?: boolean;
            version: number;
        };
        MyThread: {
            channel: string;
            holes?: number[];
            last_at: string;
            last_number: number;
            mentions: number[];
            read: number;
            thread: number;
        };
        NewBot: {
            name: string;
            scopes: components["schemas"]["Scope"][];
        };
        NewBotToken: {
            scopes?: components["schemas"]["Scope"][] | null;
        };
        NewChannel: {
            kind: components["schemas"]["Kind"];
            members?: string[];
            name?: string | null;
            purpose?: string | null;
            topic?: string | null;
        };
        NewInvitation: {
            channels?: string[];
            expires_s?: number | null;
            role?: components["schemas"]["RoleName"] | null;
            uses?: number | null;
        };
        NewMessage: {
            in_channel?: boolean;
            text: string;
            thread?: number | null;
        };
        NewReply: {
            in_channel?: boolean;
            text: string;
        };
        NewSeat: {
            role?: components["schemas"]["SeatRole"] | null;
        };
        NewSession: {
            email: string;
            password: string;
        };
        NewText: {
            text: string;
        };
        NewToken: {
            expires_s?: number | null;
            label?: string;
            scopes: components["schemas"]["Scope"][];
        };
        NewWorkspace: {
            name: string;
            slug?: string | null;
        };
        Noted: {
            actor?: string | null;
            at: string;
            detail: Record<string, never>;
            position: number;
            stamp: string;
            what: string;
        };
        Notification: {
            kind: string;
            message: components["schemas"]["Message"];
            position: number;
            seen: boolean;
        };
        Notifications: {
            items: components["schemas"]["Notification"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Of: {
            number: number;
            thread: number;
        };
        OneChannel: components["schemas"]["ShownChannel"] & {
            people?: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        OneMessage: components["schemas"]["Message"] & {
            epoch: string;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
            position: number;
        };
        OneSeat: components["schemas"]["Seat"] & {
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Opening: {
            by: string;
            role: components["schemas"]["RoleName"];
            workspace: components["schemas"]["OpeningWorkspace"];
        };
        OpeningWorkspace: {
            id: string;
            members: number;
            name: string;
            picture?: string | null;
            slug: string;
        };
        OwnItem: {
            kind: string;
            subject: string;
            value: unknown;
        };
        OwnMessage: {
            at: string;
            channel: string;
            edited?: string | null;
            number: number;
            text: string;
            thread: number;
            workspace: string;
        };
        OwnRows: {
            channels: components["schemas"]["OwnSeat"][];
            id: string;
            kept: components["schemas"]["OwnItem"][];
            member: components["schemas"]["Member"];
            name: string;
        };
        OwnSeat: {
            id: string;
            kind: string;
            name: string;
            read: number;
            role: string;
        };
        Page: {
            epoch: string;
            first: number;
            last: number;
            messages: components["schemas"]["Message"][];
            people: {
                [key: string]: components["schemas"]["Person"];
            };
            position: number;
            read?: number | null;
            root?: components["schemas"]["Message"] | null;
            target?: number | null;
        };
        PasswordChange: {
            old: string;
            password: string;
        };
        Past: {
            at: string;
            stamp: string;
            text: string;
            version: number;
        };
        Person: {
            changed: number;
            dnd_until?: string | null;
            kind?: string | null;
            left?: boolean;
            name: string;
            picture?: string | null;
            role: components["schemas"]["RoleName"];
            status?: components["schemas"]["Status"] | null;
        };
        PictureBytes: string;
        PictureSet: {
            picture: string;
        };
        /** @enum {string} */
        Posting: "everyone" | "admins";
        Problem: {
            error: components["schemas"]["ProblemError"];
        };
        ProblemError: {
            code: string;
            details: Record<string, never>;
            message: string;
            request_id: string;
        };
        Put: {
            value: unknown;
        };
        Reacted: {
            count: number;
            emoji: string;
            mine?: boolean;
            people: string[];
        };
        Reacting: {
            account: string;
            at: string;
            emoji: string;
            stamp: string;
        };
        Reactors: {
            items: components["schemas"]["Reacting"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Read: {
            back?: number | null;
            number: number;
            thread?: number | null;
        };
        Replies: {
            count: number;
            last: number;
            last_at: string;
            people: string[];
        };
        RightsGiven: {
            create_channels: components["schemas"]["FromWhom"];
            invite: components["schemas"]["FromWhom"];
            make_bots: components["schemas"]["FromWhom"];
            shout: components["schemas"]["FromWhom"];
        };
        RightsPatch: {
            create_channels?: components["schemas"]["FromWhom"] | null;
            invite?: components["schemas"]["FromWhom"] | null;
            make_bots?: components["schemas"]["FromWhom"] | null;
            shout?: components["schemas"]["FromWhom"] | null;
        };
        /** @enum {string} */
        RoleName: "owner" | "admin" | "member" | "guest" | "bot";
        Room: {
            id: string;
            mentions: number;
            name: string;
            picture?: string | null;
            role: components["schemas"]["RoleName"];
            sign_in_again?: boolean;
            slug: string;
            state: components["schemas"]["State"];
            unread: number;
        };
        Saved: {
            message: components["schemas"]["Message"];
            saved_at: string;
            value: unknown;
        };
        SavedMessages: {
            items: components["schemas"]["Saved"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        /** @enum {string} */
        Scope: "read" | "write" | "admin";
        Seat: {
            account: string;
            changed: number;
            channel: string;
            role: components["schemas"]["SeatRole"];
        };
        /** @enum {string} */
        SeatRole: "manager" | "member";
        SeenTo: {
            position: number;
        };
        SettingsPatch: {
            edit_s?: number | null;
            keep_deleted?: boolean | null;
            rights?: components["schemas"]["RightsPatch"] | null;
        };
        SetUp: {
            channels?: string[] | null;
            code: string;
            email: string;
            name: string;
            password: string;
            slug?: string | null;
            workspace: string;
        };
        ShownChannel: components["schemas"]["Channel"] & {
            last_at: string;
            last_number: number;
            last_position: number;
            mine?: components["schemas"]["ChannelMine"] | null;
        };
        SignedInSession: {
            address: string;
            agent: string;
            created: string;
            current?: boolean;
            id: string;
            seen: string;
        };
        /** @enum {string} */
        State: "active" | "archived";
        Status: {
            emoji?: string | null;
            text: string;
            until?: string | null;
        };
        StatusPatch: {
            emoji?: string | null;
            text?: string;
            until?: string | null;
        };
        System: {
            account?: string | null;
            is?: string | null;
            kind: string;
            was?: string | null;
        };
        Thread: {
            last: components["schemas"]["Message"];
            read: number;
            root: components["schemas"]["Message"];
            unread: number;
        };
        Threads: {
            items: components["schemas"]["Thread"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        };
        Token: {
            created: string;
            expires?: string | null;
            id: string;
            label: string;
            scopes: string[];
            seen: string;
            workspace?: string | null;
        };
        Version: {
            version: number;
        };
        Welcome: {
            account: components["schemas"]["Account"];
            token?: string | null;
            workspace: components["schemas"]["Workspace"];
        };
        Workspace: {
            changed: number;
            channels?: number | null;
            default_channels?: string[] | null;
            id: string;
            members?: number | null;
            name: string;
            picture?: string | null;
            role: components["schemas"]["RoleName"];
            settings: components["schemas"]["WorkspaceSettings"];
            slug: string;
            state: components["schemas"]["State"];
        };
        WorkspaceItself: {
            changed: number;
            id: string;
            name: string;
            picture?: string | null;
            settings: components["schemas"]["WorkspaceSettings"];
            state: components["schemas"]["State"];
        };
        WorkspacePatch: {
            name?: string | null;
            settings?: components["schemas"]["SettingsPatch"] | null;
            slug?: string | null;
        };
        WorkspaceSettings: {
            edit_s: number;
            keep_deleted: boolean;
            rights: components["schemas"]["RightsGiven"];
        };
        Written_Account: {
            email?: string | null;
            id: string;
            kind: string;
            name: string;
            operator?: boolean;
        } & components["schemas"]["Moment"];
        Written_Calls: {
            items: components["schemas"]["Call"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        } & components["schemas"]["Moment"];
        Written_Changed: {
            channels: components["schemas"]["MyChannel"][];
            left: string[];
            more?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
            threads: components["schemas"]["MyThread"][];
            workspace?: components["schemas"]["WorkspaceItself"] | null;
        } & components["schemas"]["Moment"];
        Written_Link: {
            account: components["schemas"]["LinkedAccount"];
        } & components["schemas"]["Moment"];
        Written_List_Bot: {
            items: (components["schemas"]["Member"] & {
                owner?: string | null;
                scopes: string[];
            })[];
            next?: string | null;
        } & components["schemas"]["Moment"];
        Written_List_Member: {
            items: (components["schemas"]["Person"] & {
                account: string;
                time_zone?: string | null;
                title?: string | null;
            })[];
            next?: string | null;
        } & components["schemas"]["Moment"];
        Written_MadeBot: {
            account: string;
            token: string;
        } & components["schemas"]["Moment"];
        Written_MadeInvitation: {
            code: string;
            id: string;
            url: string;
        } & components["schemas"]["Moment"];
        Written_MadeToken: {
            id: string;
            token: string;
        } & components["schemas"]["Moment"];
        Written_Member: (components["schemas"]["Person"] & {
            account: string;
            time_zone?: string | null;
            title?: string | null;
        }) & components["schemas"]["Moment"];
        Written_Message: {
            at: string;
            author: string;
            changed: number;
            channel: string;
            deleted?: string | null;
            edited?: string | null;
            in_channel?: number | null;
            mentions?: components["schemas"]["Mentions"] | null;
            number: number;
            of?: components["schemas"]["Of"] | null;
            pinned?: boolean;
            reactions?: components["schemas"]["Reacted"][];
            replies?: components["schemas"]["Replies"] | null;
            reply?: components["schemas"]["Message"] | null;
            stamp: string;
            system?: components["schemas"]["System"] | null;
            text: string;
            thread: number;
        } & components["schemas"]["Moment"];
        Written_MyRows: {
            items: components["schemas"]["Item"][];
            more?: boolean;
            version: number;
        } & components["schemas"]["Moment"];
        Written_Notifications: {
            items: components["schemas"]["Notification"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        } & components["schemas"]["Moment"];
        Written_OneChannel: (components["schemas"]["ShownChannel"] & {
            people?: {
                [key: string]: components["schemas"]["Person"];
            };
        }) & components["schemas"]["Moment"];
        Written_OneSeat: (components["schemas"]["Seat"] & {
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        }) & components["schemas"]["Moment"];
        Written_PictureSet: {
            picture: string;
        } & components["schemas"]["Moment"];
        Written_SavedMessages: {
            items: components["schemas"]["Saved"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        } & components["schemas"]["Moment"];
        Written_Threads: {
            items: components["schemas"]["Thread"][];
            next?: string | null;
            people: {
                [key: string]: components["schemas"]["Person"];
            };
        } & components["schemas"]["Moment"];
        Written_Version: {
            version: number;
        } & components["schemas"]["Moment"];
        Written_Welcome: {
            account: components["schemas"]["Account"];
            token?: string | null;
            workspace: components["schemas"]["Workspace"];
        } & components["schemas"]["Moment"];
        Written_Workspace: {
            changed: number;
            channels?: number | null;
            default_channels?: string[] | null;
            id: string;
            members?: number | null;
            name: string;
            picture?: string | null;
            role: components["schemas"]["RoleName"];
            settings: components["schemas"]["WorkspaceSettings"];
            slug: string;
            state: components["schemas"]["State"];
        } & components["schemas"]["Moment"];
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
